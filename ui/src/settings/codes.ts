// Where the codes of MFA devices come from, if a person doesn't type them.

import type { CodeSource } from "../bindings/types";

export type SourceKind = "process" | "ykman" | "vault";

export const SOURCES: readonly { is: SourceKind; word: string }[] = [
  { is: "process", word: "A command that prints it" },
  { is: "ykman", word: "A YubiKey" },
  { is: "vault", word: "A seed in the vault" },
];

/** What the field of a source is called, and what stands below it. */
export const FIELDS: Record<SourceKind, { label: string; about: string }> = {
  process: { label: "Command", about: "It prints the six digits. It is run without a shell." },
  ykman: { label: "Account on the YubiKey", about: "As ykman oath accounts list names it." },
  vault: {
    label: "Seed",
    about: "The device is no second factor any more then: whoever opens the vault has the key and its codes.",
  },
};

/** What a source is, in words. */
export function sourceWords(source: CodeSource): string {
  if (source === "vault") return "From a seed in the vault; it is no second factor any more.";
  if ("process" in source) return `From the command ${source.process.command}`;
  return `From the YubiKey's account ${source.ykman.account}`;
}

/** The source that was typed; a seed goes into the vault and is none of the settings. */
export function typedSource(kind: Exclude<SourceKind, "vault">, text: string): CodeSource {
  return kind === "process" ? { process: { command: text } } : { ykman: { account: text } };
}
