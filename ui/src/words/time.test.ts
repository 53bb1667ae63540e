import { describe, expect, test } from "vitest";
import { clockTime, clockWords, nextChange, share, life, timeLeft, urgency } from "./time";

describe("the time that is left", () => {
  // The same table as the core's own test, so that tray and window say the same.
  test.each([
    [43_200_000, "12 h 0 m"],
    [11_520_000, "3 h 12 m"],
    [3_600_000, "1 h 0 m"],
    [3_599_001, "1 h 0 m"],
    [3_599_000, "59 m"],
    [2_520_000, "42 m"],
    [60_000, "1 m"],
    [59_001, "1 m"],
    [59_000, "59 s"],
    [45_000, "45 s"],
    [1, "1 s"],
    [0, "expired"],
    [-1, "expired"],
    [-7_200_000, "expired"],
  ])("%d ms is worded %s", (left, words) => {
    expect(timeLeft(left)).toBe(words);
  });

  test.each([
    [300_000, "calm"],
    [299_000, "soon"],
    [60_000, "soon"],
    [59_000, "last"],
    [1_000, "last"],
    [0, "over"],
  ])("%d ms is %s", (left, how) => {
    expect(urgency(left)).toBe(how);
  });

  test("who sleeps until the next change misses none", () => {
    for (let left = -1000; left < 8_000_000; left += 1234.5) {
      const sleep = nextChange(left);
      if (sleep === null) {
        expect(timeLeft(left)).toBe("expired");
        continue;
      }
      expect(sleep).toBeGreaterThan(0);
      expect(timeLeft(left - sleep)).not.toBe(timeLeft(left));
      expect(timeLeft(left - sleep + 0.001)).toBe(timeLeft(left));
    }
  });
});

test("a ring is full at the start, empty at the end and nothing without a start", () => {
  expect(share(0, 100, 0)).toBe(1);
  expect(share(0, 100, 75)).toBe(0.25);
  expect(share(0, 100, 200)).toBe(0);
  expect(share(NaN, 100, 50)).toBe(0);
});

test("a time of another day has its day", () => {
  const noon = new Date(2026, 2, 4, 12).getTime();
  expect(clockTime(noon, noon, "en-GB")).toBe("12:00:00");
  expect(clockTime(noon, noon + 86_400_000, "en-GB")).toContain("4 Mar 2026");
});

test("how long something lives is told without what is nothing", () => {
  expect([900, 3600, 5400, 129_600, 3661, 0].map(life)).toEqual([
    "15 m",
    "1 h",
    "1 h 30 m",
    "36 h",
    "1 h 1 m 1 s",
    "0 s",
  ]);
});

test("a clock that is a minute off is told, from the computer's side", () => {
  expect(clockWords(59)).toBeNull();
  expect(clockWords(60)).toBe("This computer's clock is 1 m behind; times are corrected.");
  expect(clockWords(-754)).toBe("This computer's clock is 12 m 34 s ahead; times are corrected.");
});
