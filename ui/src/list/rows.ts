// The rows of the main list. Sessions and favourites stand above, made here from what the agent published; below
// them the roles that the search finds, which the agent finds and orders, and of which only some are here.

import type { Outline, Role, SessionView, Snapshot } from "../bindings/types";
import { matches, searchText, words } from "./filter";

export type Row = Heading | RoleRow;

export interface Heading {
  kind: "heading";
  key: string;
  text: string;
}

export interface RoleRow {
  kind: "role";
  /** Tells the row apart: a role can stand in more than one section. */
  key: string;
  roleId: string;
  /** What people call the role. */
  name: string;
  /** What tells it apart among the roles of its account. */
  short: string;
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

/** What is known of single roles: who is starred, and which session a role has. */
export interface Marks {
  starred: ReadonlySet<string>;
  sessionOf: ReadonlyMap<string, SessionView>;
}

export function marksOf(snapshot: Snapshot | null): Marks {
  return {
    starred: new Set(snapshot?.settings.favourites ?? []),
    sessionOf: new Map(snapshot?.sessions.map((session) => [session.role_id, session]) ?? []),
  };
}

/** Builds the rows above the roles: sessions and favourites that match the query. */
export function buildHead(snapshot: Snapshot | null, outline: Outline | null, query: string): Row[] {
  const wanted = words(query);
  const roles = outline?.mentioned ?? [];
  const byId = new Map(roles.map((role) => [role.id, role]));
  const marks = marksOf(snapshot);
  const sessionRows = (snapshot?.sessions ?? [])
    .map((session) => fromSession(session, byId.get(session.role_id) ?? null, marks))
    .filter((row) => matches(searchText(row.role, row.session), wanted));
  const favouriteRows = (snapshot?.settings.favourites ?? [])
    .filter((id) => !marks.sessionOf.has(id))
    .flatMap((id) => byId.get(id) ?? [])
    .filter((role) => matches(searchText(role, null), wanted))
    .map((role) => fromRole("favourite", role, marks));
  return [...section("Sessions", sessionRows), ...section("Favourites", favouriteRows)];
}

/** The row of a role that the search found; `above` is the role before it. */
export function foundRow(role: Role, above: Role | null, isFirst: boolean, marks: Marks): RoleRow {
  const row = fromRole("role", role, marks);
  row.first = isFirst;
  row.opensAccount = isFirst || above?.account_id !== role.account_id;
  return row;
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

/** A role of Identity Center that no profile describes is called `ACCOUNT/ROLE`: the account stands there already. */
function short(name: string, accountName: string, roleName: string): string {
  return name === `${accountName}/${roleName}` ? roleName : name;
}

function fromRole(place: string, role: Role, { starred, sessionOf }: Marks): RoleRow {
  return {
    kind: "role",
    key: `${place}:${role.id}`,
    roleId: role.id,
    name: role.name,
    short: short(role.name, role.account_name, role.role_name),
    roleName: role.role_name,
    accountId: role.account_id,
    accountName: role.account_name,
    tags: role.tags,
    role,
    session: sessionOf.get(role.id) ?? null,
    favourite: starred.has(role.id),
    first: false,
    opensAccount: false,
  };
}

function fromSession(session: SessionView, role: Role | null, { starred }: Marks): RoleRow {
  return {
    kind: "role",
    key: `session:${session.id}`,
    roleId: session.role_id,
    name: session.role,
    short: short(session.role, session.account_name, session.role_name),
    roleName: session.role_name,
    accountId: session.account_id,
    accountName: session.account_name,
    tags: role?.tags ?? [],
    role,
    session,
    favourite: starred.has(session.role_id),
    first: false,
    opensAccount: false,
  };
}
