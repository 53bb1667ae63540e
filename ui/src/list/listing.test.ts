import { expect, test } from "vitest";
import { Listing } from "./listing";
import { buildHead, marksOf } from "./rows";
import { found, outline, role, session, snapshot } from "./samples";

const [a, b, c] = [role("a", "111"), role("b", "111"), role("c", "222")];

function listing(now = snapshot([session(7, b)], [c.id]), roles = [a, b, c]) {
  return new Listing(buildHead(now, outline([a, b, c]), ""), found(roles), marksOf(now));
}

test("the found roles stand below sessions and favourites, under a heading of their own", () => {
  const all = listing();
  const keys = Array.from({ length: all.length }, (_, index) => all.at(index)?.key);
  expect(keys).toEqual([
    "heading:Sessions",
    "session:7",
    "heading:Favourites",
    "favourite:profile:c",
    "heading:Roles",
    "role:profile:a",
    "role:profile:b",
    "role:profile:c",
  ]);
  expect([all.count(), all.number(1), all.number(3), all.number(5)]).toEqual([5, 1, 2, 3]);
});

test("a role that isn't here yet has its place", () => {
  const head = buildHead(snapshot([]), outline([]), "");
  const all = new Listing(head, { total: 70, at: () => null, find: () => null }, marksOf(null));
  expect([all.length, all.at(3), all.isHeading(0), all.first()]).toEqual([71, null, true, 1]);
});

test("what was chosen is found by its row, else by its role", () => {
  const before = listing();
  expect(before.find("session:7", b.id)).toBe(1);
  expect(before.find("role:profile:b", b.id)).toBe(6);
  const after = listing(snapshot([]));
  expect(after.role(after.find("session:7", b.id) ?? -1)?.key).toBe("role:profile:b");
  expect(after.find("session:9", "profile:gone")).toBeNull();
});

test("nothing to choose is told apart from something", () => {
  const none = listing(snapshot([]), []);
  expect([none.isEmpty, none.first(), none.length]).toEqual([true, -1, 0]);
  expect(listing().first()).toBe(1);
});
