import { expect, test } from "vitest";
import { buildRows } from "./rows";
import { role, snapshot } from "./samples";
import { inView, offsets, scrollTo } from "./windowing";

const heights = { heading: 28, role: 32 };
const rows = buildRows(
  snapshot([]),
  { roles: Array.from({ length: 10_000 }, (_, i) => role(`r${i}`, "1")) },
  "",
);
const at = offsets(rows, heights);

test("only what is in view is drawn, and some around it", () => {
  expect(inView(at, 0, 320, 0)).toEqual([0, 11]);
  const [first, end] = inView(at, 160_000, 320);
  expect(at[first]).toBeLessThanOrEqual(160_000);
  expect(at[end]).toBeGreaterThanOrEqual(160_320);
  expect(end - first).toBeLessThan(30);
});

test("beyond the end and in an empty list nothing breaks", () => {
  expect(inView(at, 1e9, 320)[1]).toBe(rows.length);
  expect(inView(offsets([], heights), 0, 320)).toEqual([0, 0]);
});

test("a row is brought into view only when it isn't, with the heading above it", () => {
  expect(scrollTo(rows, at, 3, 0, 320)).toBeNull();
  expect(scrollTo(rows, at, 1, 200, 320)).toBe(0);
  expect(scrollTo(rows, at, 100, 0, 320)).toBe((at[101] ?? 0) - 320);
});
