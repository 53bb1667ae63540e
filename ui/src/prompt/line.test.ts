import { expect, test } from "vitest";
import type { Failure } from "../bindings/types";
import { lineFor } from "./line";

const NOW = Date.parse("2026-03-04T12:00:19Z");
const SOON = "2026-03-04T12:00:30Z";
const REFUSED: Failure = {
  code: "code-refused",
  happened: "AWS didn't take this code.",
  remedy: "Wait for the next one.",
  aws_code: null,
  request_id: null,
};

test("it says what happens next", () => {
  const say = (it: Partial<Parameters<typeof lineFor>[0]>) =>
    lineFor({ state: "asking", refused: null, next_code_at: null, fetching: null, ...it }, NOW, null);
  expect(say({}).kind).toBe("hint");
  expect(say({ next_code_at: SOON }).text).toBe("The last code is used up. Next code in 11 s.");
  expect(say({ fetching: "the YubiKey" })).toEqual({
    kind: "wait",
    text: "The code is fetched from the YubiKey. You can type one, too.",
  });
  expect(say({ state: "sending" }).text).toBe("Asking AWS…");
  expect(say({ state: "holding", next_code_at: SOON }).text).toContain("in 11 s");
  expect(say({ refused: REFUSED })).toEqual({
    kind: "refused",
    text: "AWS didn't take this code. Wait for the next one.",
  });
  expect(say({ refused: REFUSED, next_code_at: SOON }).text).toBe(
    "AWS didn't take this code. Next code in 11 s.",
  );
});

test("a failure of the window's own goes first", () => {
  const prompt = { state: "asking", refused: REFUSED, next_code_at: null, fetching: null } as const;
  const own = { happened: "The agent ended.", remedy: "" };
  expect(lineFor(prompt, NOW, own).text).toBe("The agent ended.");
});
