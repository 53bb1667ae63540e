// Which sessions and favourites a query finds: those that have all of its words somewhere. The roles below them
// are found by the agent.

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
  const { name, account_name, account_id, role_name, region, email, organisation, tags, profiles } = role;
  const parts = [name, account_name, account_id, role_name, region ?? "", email ?? "", organisation ?? ""];
  return [...parts, ...tags, ...profiles];
}

function sessionParts(session: SessionView): string[] {
  return [
    session.role,
    session.account_name,
    session.account_id,
    session.role_name,
    session.region ?? "",
    session.output_profile ?? "held",
  ];
}

/** Case, accents and compatibility forms don't matter when searching. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
