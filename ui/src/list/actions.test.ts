import { expect, test } from "vitest";
import type { SessionState } from "../bindings/types";
import { canEnd, endWord, firstAction } from "./actions";
import { role, session } from "./samples";

test.each<[SessionState, string | null, string, boolean]>([
  ["awaiting-mfa", "enter-code", "Cancel", true],
  ["awaiting-browser", "open-again", "Cancel", true],
  ["authenticating", null, "Cancel", true],
  ["active", "renew", "End session", true],
  ["renewing", null, "End session", true],
  ["ending", null, "End session", false],
  ["expired", "activate", "Clear", true],
  ["failed", "activate", "Clear", true],
])("%s", (state, first, end, can) => {
  const it = session(1, role("a", "1"), { state });
  expect(firstAction(it)).toBe(first);
  expect(endWord(it)).toBe(end);
  expect(canEnd(it)).toBe(can);
});

test("without a session there is only to activate", () => {
  expect(firstAction(null)).toBe("activate");
  expect(canEnd(null)).toBe(false);
});
