// Which roles a query finds: those that have all of its words somewhere.

import type { Role, SessionView } from "../bindings/types";

const texts = new WeakMap<object, string>();

export function words(query: string): string[] {
  return folded(query)
    .split(/\s+/u)
    .filter((word) => word !== "");
}

/** What a role or session can be found by, folded; kept for as long as the role is. */
export function searchText(role: Role | null, session: SessionView | null): string {
  const roleText = role === null ? "" : kept(role, roleParts);
  return session === null ? roleText : `${roleText}\n${kept(session, sessionParts)}`;
}

export function matches(text: string, wanted: readonly string[]): boolean {
  return wanted.every((word) => text.includes(word));
}

function kept<T extends object>(of: T, parts: (of: T) => string[]): string {
  let text = texts.get(of);
  if (text === undefined) {
    text = folded(parts(of).join("\n"));
    texts.set(of, text);
  }
  return text;
}

function roleParts(role: Role): string[] {
  return [role.name, role.account_name, role.account_id, role.role_name, role.region ?? "", ...role.tags];
}

function sessionParts(session: SessionView): string[] {
  return [
    session.role,
    session.account_name,
    session.account_id,
    session.role_name,
    session.region ?? "",
    session.output_profile,
  ];
}

/** Case, accents and compatibility forms don't matter when searching. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
