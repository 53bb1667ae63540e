import { expect, test } from "vitest";
import type { Organisation } from "../bindings/types";
import { changeWords, knownWords, needingSignIn, needWords, progressWords, standingWords } from "./words";

const NOW = new Date(2026, 2, 4, 12).getTime();
const at = (hours: number) => new Date(NOW + hours * 3_600_000).toISOString();

function organisation(more: Partial<Organisation> = {}): Organisation {
  return {
    name: "acme",
    start_url: "https://acme.awsapps.com/start",
    region: "eu-central-1",
    sign_in: { is: "signed-out" },
    accounts: 0,
    roles: 0,
    listed: null,
    progress: null,
    waits: false,
    failure: null,
    failed_total: 0,
    failed: [],
    gained_total: 0,
    gained: [],
    lost_total: 0,
    lost: [],
    ...more,
  };
}

test("a sign-in is told with its end, or that it has none to mind", () => {
  const words = (renews: boolean) => standingWords({ is: "signed-in", until: at(1), renews }, NOW, "en-GB");
  expect(words(false)).toBe("Signed in until 13:00:00.");
  expect(words(true)).toBe("Signed in. It renews by itself.");
  expect(standingWords({ is: "ended" }, NOW)).toBe("The sign-in has ended.");
});

test.each([
  [0, null, null, "Asking for the accounts…"],
  [12, 1000, null, "12 of 1,000 accounts"],
  [12, 1000, 3, "12 of 1,000 accounts, a few seconds left"],
  [12, 1000, 41, "12 of 1,000 accounts, about 40 s left"],
  [12, 1000, 99, "12 of 1,000 accounts, about 2 m left"],
  [12, 1000, 340, "12 of 1,000 accounts, about 6 m left"],
  [0, 1, 10, "0 of 1 account, about 10 s left"],
])("a listing at %s of %s with %s seconds to go", (done, total, seconds_left, words) => {
  expect(progressWords({ done, total, seconds_left })).toBe(words);
});

test("what is known is told with its age, and that it isn't all", () => {
  const held = { accounts: 2, roles: 1 };
  expect(knownWords(organisation(), NOW)).toBe("Its accounts were never listed here.");
  expect(knownWords(organisation(held), NOW)).toBe("2 accounts, 1 role so far; the listing isn't complete.");
  expect(knownWords(organisation({ ...held, listed: at(-2) }), NOW, "en-GB")).toBe(
    "2 accounts, 1 role; listed at 10:00:00.",
  );
});

test("what came and went is told where something did", () => {
  expect(changeWords(organisation())).toBeNull();
  expect(changeWords(organisation({ gained_total: 1 }))).toBe("1 role came at the last listing");
  expect(changeWords(organisation({ gained_total: 2, lost_total: 1 }))).toBe(
    "2 roles came, 1 role went at the last listing",
  );
});

test("a person is needed where a sign-in ended, or where nothing is known yet", () => {
  const all = [
    organisation({ name: "new" }),
    organisation({ name: "known", accounts: 4 }),
    organisation({ name: "over", accounts: 4, sign_in: { is: "ended" } }),
    organisation({ name: "here", sign_in: { is: "signed-in", until: at(1), renews: false } }),
  ];
  expect(needingSignIn(all).map((it) => it.name)).toEqual(["new", "over"]);
});

test("all of it is one line", () => {
  const [fresh, over] = [organisation(), organisation({ sign_in: { is: "ended" } })];
  const line = (...of: Organisation[]) => {
    const words = needWords(of);
    return words === null ? null : `${words.before}X${words.after}`;
  };
  expect(line()).toBeNull();
  expect(line(over)).toBe("Your sign-in at X ended.");
  expect(line(over, over)).toBe("Your sign-ins at X and 1 more ended.");
  expect(line(fresh)).toBe("Sign in at X to see its roles.");
  expect(line(fresh, over)).toBe("Sign in at X and 1 more to see their roles.");
});
