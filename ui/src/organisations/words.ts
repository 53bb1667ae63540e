// What is told of an organisation of IAM Identity Center, in words.

import type { Organisation, Progress, SignInStanding } from "../bindings/types";
import { count, number } from "../words/text";
import { clockTime } from "../words/time";

/** Whether somebody is signed in, and until when. */
export function standingWords(standing: SignInStanding, now: number, locale?: string): string {
  switch (standing.is) {
    case "signed-in": {
      if (standing.renews) return "Signed in. It renews by itself.";
      return `Signed in until ${clockTime(Date.parse(standing.until), now, locale)}.`;
    }
    case "signing-in":
      return "Signing in…";
    case "ended":
      return "The sign-in has ended.";
    case "signed-out":
      return "Not signed in.";
  }
}

/** How far a listing is, with an estimate no finer than it is known. */
export function progressWords(progress: Progress): string {
  const { done, total, seconds_left: left } = progress;
  if (total === null) return "Asking for the accounts…";
  const far = `${number(done)} of ${count(total, "account", "accounts")}`;
  return left === null ? far : `${far}, ${about(left)} left`;
}

/** A time to wait, as coarse as an estimate is. */
function about(seconds: number): string {
  if (seconds < 10) return "a few seconds";
  if (seconds < 95) return `about ${Math.round(seconds / 10) * 10} s`;
  return `about ${Math.round(seconds / 60)} m`;
}

/** What is known of an organisation, and since when. */
export function knownWords(organisation: Organisation, now: number, locale?: string): string {
  const { accounts, roles, listed } = organisation;
  if (listed === null && accounts === 0) return "Its accounts were never listed here.";
  const held = `${count(accounts, "account", "accounts")}, ${count(roles, "role", "roles")}`;
  if (listed === null) return `${held} so far; the listing isn't complete.`;
  return `${held}; listed at ${clockTime(Date.parse(listed), now, locale)}.`;
}

/** What the last listing changed; null: nothing. */
export function changeWords(organisation: Organisation): string | null {
  const { gained_total: gained, lost_total: lost } = organisation;
  const parts = [
    ...(gained > 0 ? [`${count(gained, "role", "roles")} came`] : []),
    ...(lost > 0 ? [`${count(lost, "role", "roles")} went`] : []),
  ];
  return parts.length === 0 ? null : `${parts.join(", ")} at the last listing`;
}

/** Those at whose portals a person is needed: a sign-in ended, or nobody ever signed in and nothing is known. */
export function needingSignIn(organisations: readonly Organisation[]): Organisation[] {
  return organisations.filter(
    ({ sign_in, accounts }) => sign_in.is === "ended" || (sign_in.is === "signed-out" && accounts === 0),
  );
}

/** The one quiet line about them; null: there is nothing to say. The names stand apart, as they are from outside. */
export function needWords(organisations: readonly Organisation[]): { before: string; after: string } | null {
  const first = organisations[0];
  if (first === undefined) return null;
  const more = organisations.length - 1;
  const others = more === 0 ? "" : ` and ${more} more`;
  if (organisations.every((it) => it.sign_in.is === "ended")) {
    return { before: `Your ${more === 0 ? "sign-in" : "sign-ins"} at `, after: `${others} ended.` };
  }
  return { before: "Sign in at ", after: `${others} to see ${more === 0 ? "its" : "their"} roles.` };
}
