import { expect, test } from "vitest";
import type { Urgency } from "../words/time";
import { announcements } from "./announce";
import { role, session } from "./samples";

test("five minutes, one minute and the end are said, each once", () => {
  const end = Date.parse("2026-03-04T12:00:00Z");
  const sessions = [session(1, role("a", "1"), { expiration: "2026-03-04T12:00:00Z" })];
  const before = new Map<number, Urgency>();
  const at = (left: number) => announcements(before, sessions, end - left);
  expect(at(600_000)).toEqual([]);
  expect(at(299_000)).toEqual(["a ends in 5 minutes."]);
  expect(at(240_000)).toEqual([]);
  expect(at(59_000)).toEqual(["a ends in 1 minute."]);
  expect(at(0)).toEqual(["a has expired."]);
  expect(at(-5_000)).toEqual([]);
});

test("a session that is renewed or gone starts anew", () => {
  const before = new Map<number, Urgency>([[1, "last"]]);
  const it = session(1, role("a", "1"), { expiration: "2026-03-04T12:00:00Z" });
  expect(announcements(before, [it], Date.parse("2026-03-04T11:00:00Z"))).toEqual([]);
  expect(before.get(1)).toBe("calm");
  announcements(before, [], 0);
  expect(before.size).toBe(0);
});
