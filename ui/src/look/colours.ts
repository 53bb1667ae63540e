// The colours of the bars: an account's own, or what a rule gives.

import type { Colour } from "../bindings/types";
import { accountColour, isProduction } from "../list/rows";

/** The colours that a rule can give, in the order of the tokens; red is that of danger. */
export const COLOURS: readonly { is: Colour; word: string }[] = [
  { is: "blue", word: "Blue" },
  { is: "purple", word: "Purple" },
  { is: "teal", word: "Teal" },
  { is: "orange", word: "Orange" },
  { is: "green", word: "Green" },
  { is: "pink", word: "Pink" },
  { is: "slate", word: "Slate" },
  { is: "olive", word: "Olive" },
  { is: "red", word: "Red" },
];

/** The class of a bar in a rule's colour. */
export function colourClass(colour: Colour): string {
  return colour === "red" ? "production" : `account-${COLOURS.findIndex((it) => it.is === colour)}`;
}

/** The class of a role's bar: production first, then what a rule gives, else the account's own. */
export function barClass(accountId: string, tags: readonly string[], colour: Colour | null): string {
  if (isProduction(tags)) return "production";
  return colour === null ? `account-${accountColour(accountId)}` : colourClass(colour);
}
