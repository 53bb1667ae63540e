import { expect, test } from "vitest";
import { accountColour, buildHead, foundRow, isProduction, marksOf, type Row } from "./rows";
import { outline, role, session, snapshot } from "./samples";

const [a, b, c] = [role("a", "111"), role("b", "111"), role("c", "222", { account_name: "Zürich" })];
const all = outline([a, b, c]);

function keys(rows: Row[]): string[] {
  return rows.map((row) => row.key);
}

test("sessions come first, then favourites that have none", () => {
  const rows = buildHead(snapshot([session(7, b)], [b.id, c.id, "profile:gone"]), all, "");
  expect(keys(rows)).toEqual(["heading:Sessions", "session:7", "heading:Favourites", "favourite:profile:c"]);
});

test("a session whose role is described nowhere any more is still shown", () => {
  const rows = buildHead(snapshot([session(7, role("gone", "333"))]), outline([]), "");
  expect(keys(rows)).toEqual(["heading:Sessions", "session:7"]);
});

test("all words must match, in any order, without accents and case", () => {
  const stars = snapshot([], [a.id, b.id, c.id]);
  const matching = (query: string) => keys(buildHead(stars, all, query)).slice(1);
  expect(matching("ZURICH c")).toEqual(["favourite:profile:c"]);
  expect(matching("111 admin")).toEqual(["favourite:profile:a", "favourite:profile:b"]);
  expect(matching("111 zürich")).toEqual([]);
});

test("a session is found by its output profile", () => {
  const sessions = snapshot([session(7, b, { output_profile: "work" })]);
  expect(keys(buildHead(sessions, all, "work"))).toEqual(["heading:Sessions", "session:7"]);
});

test("a role that was found knows its session, its star and whether it opens an account", () => {
  const marks = marksOf(snapshot([session(7, b)], [b.id]));
  const row = foundRow(b, a, false, marks);
  expect([row.opensAccount, row.favourite, row.session?.id]).toEqual([false, true, 7]);
  expect(foundRow(c, b, false, marks).opensAccount).toBe(true);
  expect(foundRow(a, null, true, marks).opensAccount).toBe(true);
});

test("the account's name isn't said twice", () => {
  const marks = marksOf(null);
  const assigned = role("x", "1", { name: "Acme/Admin", account_name: "Acme", role_name: "Admin" });
  expect(foundRow(assigned, null, true, marks).short).toBe("Admin");
  expect(foundRow({ ...assigned, name: "acme-admin" }, null, true, marks).short).toBe("acme-admin");
});

test("an account keeps its colour, and accounts share them evenly", () => {
  const seen = new Map<number, number>();
  for (let i = 0; i < 800; i += 1) {
    const colour = accountColour(String(123456789012 + i * 7919));
    seen.set(colour, (seen.get(colour) ?? 0) + 1);
  }
  expect([...seen.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  for (const times of seen.values()) expect(times).toBeGreaterThan(50);
  expect(accountColour("111122223333")).toBe(accountColour("111122223333"));
});

test("production is a tag of that name", () => {
  expect(isProduction(["eu", "production"])).toBe(true);
  expect(isProduction(["product"])).toBe(false);
});
