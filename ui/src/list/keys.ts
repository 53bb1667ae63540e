// What the keys of the main window mean. The search field keeps the focus; the keys move the selection below it.

import type { Listing } from "./listing";

export type Intent =
  | { do: "move"; to: "up" | "down" | "page-up" | "page-down" | "first" | "last" }
  | { do: "act" }
  | { do: "end" }
  | { do: "copy" }
  | { do: "star" }
  | { do: "find" }
  | { do: "clear" }
  | { do: "settings" };

export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export interface Situation {
  /** Whether the command key stands for control. */
  mac: boolean;
  /** Whether a text is selected that a person may want to copy. */
  textSelected: boolean;
  /** Whether the focus is on a control that has its own use for Enter. */
  onControl: boolean;
}

export function intent(key: Key, situation: Situation): Intent | null {
  if (key.altKey || key.shiftKey) return null;
  const command = situation.mac ? key.metaKey && !key.ctrlKey : key.ctrlKey && !key.metaKey;
  if (command) return withCommand(key.key.toLowerCase(), situation);
  if (key.ctrlKey || key.metaKey) return null;
  switch (key.key) {
    case "ArrowUp":
      return { do: "move", to: "up" };
    case "ArrowDown":
      return { do: "move", to: "down" };
    case "PageUp":
      return { do: "move", to: "page-up" };
    case "PageDown":
      return { do: "move", to: "page-down" };
    case "Home":
      return { do: "move", to: "first" };
    case "End":
      return { do: "move", to: "last" };
    case "Enter":
      return situation.onControl ? null : { do: "act" };
    case "Escape":
      return { do: "clear" };
    default:
      return null;
  }
}

/** The index of the row that a move ends on; headings are passed over. -1: there is none. */
export function moved(
  listing: Listing,
  from: number,
  to: "up" | "down" | "page-up" | "page-down" | "first" | "last",
  page: number,
): number {
  const first = listing.first();
  const last = listing.length - 1;
  if (first < 0) return -1;
  const step = Math.max(1, page - 1);
  const by = {
    up: -1,
    down: 1,
    "page-up": -step,
    "page-down": step,
    first: -listing.length,
    last: listing.length,
  };
  const target = Math.min(last, Math.max(first, from + by[to]));
  // The last row is never a heading, nor is the first that can be chosen.
  return listing.isHeading(target) ? target + (by[to] < 0 ? -1 : 1) : target;
}

function withCommand(key: string, situation: Situation): Intent | null {
  switch (key) {
    case "c":
      return situation.textSelected ? null : { do: "copy" };
    case "d":
      return { do: "end" };
    case "b":
      return { do: "star" };
    case "f":
      return { do: "find" };
    case ",":
      return { do: "settings" };
    default:
      return null;
  }
}
