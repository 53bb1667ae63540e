// What the one line below the code says.

import type { Prompt } from "../bindings/types";
import { timeLeft } from "../words/time";

export interface Line {
  kind: "hint" | "wait" | "refused";
  text: string;
}

type Words = { happened: string; remedy: string };

/** The line for where the question stands; a failure of the window's own goes first. */
export function lineFor(
  prompt: Pick<Prompt, "state" | "refused" | "next_code_at" | "fetching">,
  now: number,
  failure: Words | null,
): Line {
  if (failure !== null) return { kind: "refused", text: sentence(failure) };
  const wait = waitFor(prompt.next_code_at, now);
  switch (prompt.state) {
    case "sending":
      return { kind: "wait", text: "Asking AWS…" };
    case "holding":
      return {
        kind: "wait",
        text: `AWS takes one code in 30 seconds. Yours goes by itself${wait === null ? "" : ` in ${wait}`}.`,
      };
    case "asking":
      if (prompt.refused !== null) {
        const remedy = wait === null ? prompt.refused.remedy : `Next code in ${wait}.`;
        return { kind: "refused", text: sentence({ happened: prompt.refused.happened, remedy }) };
      }
      if (prompt.fetching !== null) {
        return { kind: "wait", text: `The code is fetched from ${prompt.fetching}. You can type one, too.` };
      }
      return wait === null
        ? { kind: "hint", text: "Type or paste six digits; they go by themselves." }
        : { kind: "wait", text: `The last code is used up. Next code in ${wait}.` };
  }
}

function waitFor(at: string | null, now: number): string | null {
  if (at === null) return null;
  const left = Date.parse(at) - now;
  return left > 0 ? timeLeft(left) : null;
}

function sentence({ happened, remedy }: Words): string {
  return remedy === "" ? happened : `${happened} ${remedy}`;
}
