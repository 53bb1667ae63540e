import { expect, test } from "vitest";
import { accountColour, buildRows, isProduction, keptSelection, type Row } from "./rows";
import { role, session, snapshot } from "./samples";

const [a, b, c] = [role("a", "111"), role("b", "111"), role("c", "222", { account_name: "Zürich" })];
const all = { roles: [a, b, c] };

function keys(rows: Row[]): string[] {
  return rows.map((row) => row.key);
}

test("sessions come first, then favourites that have none, then all roles by account", () => {
  const rows = buildRows(snapshot([session(7, b)], [b.id, c.id, "profile:gone"]), all, "");
  expect(keys(rows)).toEqual([
    "heading:Sessions",
    "session:7",
    "heading:Favourites",
    "favourite:profile:c",
    "heading:Roles",
    "role:profile:a",
    "role:profile:b",
    "role:profile:c",
  ]);
  const opens = rows.flatMap((row) => (row.kind === "role" ? row.opensAccount : []));
  expect(opens).toEqual([true, true, true, false, true]);
});

test("a session whose role is described nowhere any more is still shown", () => {
  const rows = buildRows(snapshot([session(7, role("gone", "333"))]), { roles: [] }, "");
  expect(keys(rows)).toEqual(["heading:Sessions", "session:7"]);
});

test("all words must match, in any order, without accents and case", () => {
  const found = (query: string) => keys(buildRows(snapshot([]), all, query)).slice(1);
  expect(found("ZURICH c")).toEqual(["role:profile:c"]);
  expect(found("111 admin")).toEqual(["role:profile:a", "role:profile:b"]);
  expect(found("111 zürich")).toEqual([]);
});

test("a session is found by its output profile", () => {
  const rows = buildRows(snapshot([session(7, b, { output_profile: "work" })]), all, "work");
  expect(keys(rows)).toEqual(["heading:Sessions", "session:7"]);
});

test("the selection stays with its row, else with its role, else goes to the first", () => {
  const before = buildRows(snapshot([session(7, b)]), all, "");
  expect(keptSelection(before, "session:7", b.id)?.key).toBe("session:7");
  const after = buildRows(snapshot([]), all, "");
  expect(keptSelection(after, "session:7", b.id)?.key).toBe("role:profile:b");
  expect(keptSelection(after, "session:9", "profile:gone")?.key).toBe("role:profile:a");
  expect(keptSelection([], "session:7", b.id)).toBeNull();
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
