import { expect, test } from "vitest";
import { age } from "./age";

const NOW = Date.parse("2026-06-30T12:00:00Z");

test("a key is called old from 90 days on, in words", () => {
  expect(age("2026-06-30T00:00:00Z", NOW)).toEqual({ words: "made today", old: false });
  expect(age("2026-06-29T12:00:00Z", NOW)).toEqual({ words: "1 day old", old: false });
  expect(age("2026-04-01T12:00:01Z", NOW)).toEqual({ words: "89 days old", old: false });
  expect(age("2026-04-01T12:00:00Z", NOW)).toEqual({ words: "90 days old: rotate it", old: true });
});

test("a clock that is behind makes no key of the future", () => {
  expect(age("2026-07-05T00:00:00Z", NOW).words).toBe("made today");
});
