// Programs that are given credentials, in words.

import type { Program, Way } from "../bindings/types";

/** The file's name of a program, which says more at a glance than its path. */
export function programName(program: Program): string {
  const name = program.executable?.split(/[/\\]/u).at(-1) ?? "";
  if (name !== "") return name;
  return program.process === null ? "A program" : `Process ${program.process}`;
}

/** By which way credentials reach a program. */
export const wayWords: Record<Way, string> = {
  "credential-process": "credential_process",
  environment: "its environment",
  exec: "hat exec",
  endpoint: "a container endpoint",
  console: "the console",
};
