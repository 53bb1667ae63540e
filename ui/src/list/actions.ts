// What can be done with a row, by where its session stands.

import type { SessionView } from "../bindings/types";
import type { RoleRow } from "./rows";

export type First = "activate" | "renew" | "enter-code" | "open-again" | null;

/** The action of the Enter key and of the first button. */
export function firstAction(session: SessionView | null): First {
  if (session === null) return "activate";
  switch (session.state) {
    case "awaiting-mfa":
      return "enter-code";
    case "active":
      return "renew";
    case "expired":
    case "failed":
      return "activate";
    case "awaiting-browser":
      return "open-again";
    case "authenticating":
    case "renewing":
    case "ending":
      return null;
  }
}

/** Whether there is something to end, or to take back. */
export function canEnd(session: SessionView | null): boolean {
  return session !== null && session.state !== "ending";
}

/** The word on the button that ends, takes back or clears away. */
export function endWord(session: SessionView): string {
  switch (session.state) {
    case "awaiting-mfa":
    case "awaiting-browser":
    case "authenticating":
      return "Cancel";
    case "active":
    case "renewing":
    case "ending":
      return "End session";
    case "expired":
    case "failed":
      return "Clear";
  }
}

/** The profile name that gets at the role: where it is delivered, else what people call it. */
export function profileName(row: RoleRow): string {
  return row.session?.output_profile ?? row.name;
}
