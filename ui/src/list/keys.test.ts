import { expect, test } from "vitest";
import { intent, moved, type Key, type Situation } from "./keys";
import { Listing } from "./listing";
import { buildHead, marksOf } from "./rows";
import { found, outline, role, session, snapshot } from "./samples";

const NONE = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const HERE: Situation = { mac: false, textSelected: false, onControl: false };
const press = (key: string, more: Partial<Key> = {}, where: Partial<Situation> = {}) =>
  intent({ key, ...NONE, ...more }, { ...HERE, ...where });

test.each([
  ["ArrowUp", { do: "move", to: "up" }],
  ["ArrowDown", { do: "move", to: "down" }],
  ["PageUp", { do: "move", to: "page-up" }],
  ["PageDown", { do: "move", to: "page-down" }],
  ["Home", { do: "move", to: "first" }],
  ["End", { do: "move", to: "last" }],
  ["Enter", { do: "act" }],
  ["Escape", { do: "clear" }],
  ["a", null],
])("%s", (key, wish) => {
  expect(press(key)).toEqual(wish);
});

test.each([
  ["c", { do: "copy" }],
  ["d", { do: "end" }],
  ["b", { do: "star" }],
  ["F", { do: "find" }],
  [",", { do: "settings" }],
  ["x", null],
])("with the command key: %s", (key, wish) => {
  expect(press(key, { ctrlKey: true })).toEqual(wish);
  expect(press(key, { metaKey: true }, { mac: true })).toEqual(wish);
  expect(press(key, { ctrlKey: true }, { mac: true })).toBeNull();
});

test("a selected text is copied as usual, and a button keeps its Enter", () => {
  expect(press("c", { ctrlKey: true }, { textSelected: true })).toBeNull();
  expect(press("Enter", {}, { onControl: true })).toBeNull();
});

test("other chords mean nothing here", () => {
  expect(press("ArrowDown", { shiftKey: true })).toBeNull();
  expect(press("Enter", { altKey: true })).toBeNull();
});

test("moves pass over headings and stop at the ends", () => {
  const [a, b] = [role("a", "1"), role("b", "2")];
  const now = snapshot([session(7, a)]);
  const rows = new Listing(buildHead(now, outline([a]), ""), found([a, b]), marksOf(now));
  expect([0, 1, 2, 3, 4].map((index) => rows.at(index)?.kind)).toEqual([
    "heading",
    "role",
    "heading",
    "role",
    "role",
  ]);
  expect(moved(rows, 1, "down", 10)).toBe(3);
  expect(moved(rows, 3, "up", 10)).toBe(1);
  expect(moved(rows, 1, "up", 10)).toBe(1);
  expect(moved(rows, 4, "down", 10)).toBe(4);
  expect(moved(rows, 1, "last", 10)).toBe(4);
  expect(moved(rows, 4, "first", 10)).toBe(1);
  expect(moved(rows, 1, "page-down", 2)).toBe(3);
  expect(moved(rows, 1, "page-down", 50)).toBe(4);
  expect(moved(rows, 4, "page-up", 50)).toBe(1);
  expect(moved(new Listing([], found([]), marksOf(null)), -1, "down", 10)).toBe(-1);
});
