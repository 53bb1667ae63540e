// The rows of the main list, made from what the agent published: sessions first, then favourites, then all
// roles by account.

import type { Catalogue, Role, SessionView, Snapshot } from "../bindings/types";
import { matches, searchText, words } from "./filter";

export type Row = Heading | RoleRow;

export interface Heading {
  kind: "heading";
  key: string;
  text: string;
}

export interface RoleRow {
  kind: "role";
  /** Unique in the list: a role can stand in more than one section. */
  key: string;
  roleId: string;
  /** The role's name, as people call it. */
  name: string;
  roleName: string;
  accountId: string;
  accountName: string;
  tags: string[];
  /** Null for a session whose role is described nowhere any more. */
  role: Role | null;
  session: SessionView | null;
  favourite: boolean;
  /** Whether it stands first in its section. */
  first: boolean;
  /** Whether the row above belongs to another account. */
  opensAccount: boolean;
}

/** Builds the rows that match the query. */
export function buildRows(snapshot: Snapshot | null, catalogue: Catalogue | null, query: string): Row[] {
  const wanted = words(query);
  const roles = catalogue?.roles ?? [];
  const byId = new Map(roles.map((role) => [role.id, role]));
  const favourites = snapshot?.settings.favourites ?? [];
  const starred = new Set(favourites);
  const sessions = snapshot?.sessions ?? [];
  const sessionOf = new Map(sessions.map((session) => [session.role_id, session]));

  const sessionRows = sessions
    .map((session) => fromSession(session, byId.get(session.role_id) ?? null, starred.has(session.role_id)))
    .filter((row) => matches(searchText(row.role, row.session), wanted));
  const favouriteRows =
    wanted.length > 0
      ? []
      : favourites
          .filter((id) => !sessionOf.has(id))
          .flatMap((id) => byId.get(id) ?? [])
          .map((role) => fromRole("favourite", role, null, true));
  const roleRows = roles
    .filter((role) => matches(searchText(role, null), wanted))
    .map((role) => fromRole("role", role, sessionOf.get(role.id) ?? null, starred.has(role.id)));

  return [
    ...section("Sessions", sessionRows),
    ...section("Favourites", favouriteRows),
    ...section("Roles", roleRows),
  ];
}

/** The row that takes over the selection: the same one, else one of the same role, else the first. */
export function keptSelection(
  rows: readonly Row[],
  key: string | null,
  roleId: string | null,
): RoleRow | null {
  let sameRole: RoleRow | null = null;
  let first: RoleRow | null = null;
  for (const row of rows) {
    if (row.kind === "heading") continue;
    if (row.key === key) return row;
    first ??= row;
    if (row.roleId === roleId) sameRole ??= row;
  }
  return sameRole ?? first;
}

/** The tag that marks production, as in the tray. It is shown as a label of its own. */
export const PRODUCTION = "production";

export function isProduction(tags: readonly string[]): boolean {
  return tags.includes(PRODUCTION);
}

/** The number of the account's colour, the same for the same account in every list. */
export function accountColour(accountId: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < accountId.length; i += 1) {
    hash = Math.imul(hash ^ accountId.charCodeAt(i), 0x01000193) >>> 0;
  }
  return ((hash ^ (hash >>> 13)) >>> 0) % 8;
}

function section(text: string, rows: RoleRow[]): Row[] {
  if (rows.length === 0) return [];
  rows.forEach((row, index) => {
    row.first = index === 0;
    row.opensAccount = index === 0 || rows[index - 1]?.accountId !== row.accountId;
  });
  return [{ kind: "heading", key: `heading:${text}`, text }, ...rows];
}

function fromRole(place: string, role: Role, session: SessionView | null, favourite: boolean): RoleRow {
  return {
    kind: "role",
    key: `${place}:${role.id}`,
    roleId: role.id,
    name: role.name,
    roleName: role.role_name,
    accountId: role.account_id,
    accountName: role.account_name,
    tags: role.tags,
    role,
    session,
    favourite,
    first: false,
    opensAccount: false,
  };
}

function fromSession(session: SessionView, role: Role | null, favourite: boolean): RoleRow {
  return {
    kind: "role",
    key: `session:${session.id}`,
    roleId: session.role_id,
    name: session.role,
    roleName: session.role_name,
    accountId: session.account_id,
    accountName: session.account_name,
    tags: role?.tags ?? [],
    role,
    session,
    favourite,
    first: false,
    opensAccount: false,
  };
}
