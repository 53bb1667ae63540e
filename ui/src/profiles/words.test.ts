import { expect, test } from "vitest";
import { changesSomething, plannedWords } from "./words";

const NONE = { diff: "", added: [], changed: [], unchanged: [], removed: [], skipped: [] };

test("what is planned is told by its counts", () => {
  expect(plannedWords(NONE)).toBe("No profile is concerned.");
  expect(plannedWords({ ...NONE, added: ["a", "b"], unchanged: ["c"] })).toBe(
    "2 profiles new, 1 profile as before.",
  );
  expect(plannedWords({ ...NONE, changed: ["a"], removed: ["b"] })).toBe(
    "1 profile different, 1 profile removed.",
  );
});

test("only what changes a file can be done", () => {
  expect(changesSomething({ ...NONE, unchanged: ["a"], skipped: ["b: its name is taken"] })).toBe(false);
  expect(changesSomething({ ...NONE, removed: ["a"] })).toBe(true);
});
