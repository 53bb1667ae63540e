import { expect, test } from "vitest";
import { Listing } from "./listing";
import { buildHead, marksOf } from "./rows";
import { found, outline, role, session, snapshot } from "./samples";
import { Layout, scrollTo } from "./windowing";

const heights = { heading: 28, role: 32 };
const roles = Array.from({ length: 10_000 }, (_, i) => role(`r${i}`, "1"));
const now = snapshot([session(1, role("s", "1"))]);
// Heading, session, heading, then the roles.
const listing = new Listing(buildHead(now, outline([]), ""), found(roles), marksOf(now));
const layout = new Layout(listing, heights);

test("every row has its place, and the rows fill the whole height", () => {
  expect([0, 1, 2, 3, 4].map((index) => layout.top(index))).toEqual([0, 28, 60, 88, 120]);
  expect(layout.height).toBe(88 + 10_000 * 32);
});

test("only what is in view is drawn, and some around it", () => {
  expect(layout.inView(0, 320, 0)).toEqual([0, 11]);
  const [first, end] = layout.inView(160_000, 320);
  expect(layout.top(first)).toBeLessThanOrEqual(160_000);
  expect(layout.top(end)).toBeGreaterThanOrEqual(160_320);
  expect(end - first).toBeLessThan(30);
});

test("beyond the end and in an empty list nothing breaks", () => {
  expect(layout.inView(1e9, 320)[1]).toBe(listing.length);
  const empty = new Listing([], found([]), marksOf(null));
  expect(new Layout(empty, heights).inView(0, 320)).toEqual([0, 0]);
});

test("a row is brought into view only when it isn't, with the heading above it", () => {
  expect(scrollTo(listing, layout, 5, 0, 320)).toBeNull();
  expect(scrollTo(listing, layout, 1, 200, 320)).toBe(0);
  expect(scrollTo(listing, layout, 100, 0, 320)).toBe(layout.top(101) - 320);
});
