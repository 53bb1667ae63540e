// Roles, sessions and snapshots for tests.

import type { Outline, Role, SessionView, Snapshot } from "../bindings/types";

export function role(id: string, account: string, more: Partial<Role> = {}): Role {
  return {
    id: `profile:${id}`,
    name: id,
    account_id: account,
    account_name: account,
    role_name: "Admin",
    kind: "assume-role",
    source: "~/.aws/config",
    region: null,
    tags: [],
    organisation: null,
    email: null,
    colour: null,
    profiles: [],
    needs: null,
    ...more,
  };
}

export function session(id: number, of: Role, more: Partial<SessionView> = {}): SessionView {
  return {
    id,
    attempt: 1,
    role_id: of.id,
    role: of.name,
    role_name: of.role_name,
    account_id: of.account_id,
    account_name: of.account_name,
    output_profile: "default",
    credentials_file: "~/.aws/credentials",
    region: of.region,
    state: "active",
    arn: null,
    verified: false,
    expiration: null,
    since: null,
    renews: false,
    failure: null,
    ...more,
  };
}

export function snapshot(sessions: SessionView[], favourites: string[] = []): Snapshot {
  return {
    sessions,
    prompts: [],
    organisations: [],
    sign_ins: [],
    consents: [],
    consumers: [],
    clock_offset: 0,
    recents: [],
    problems: [],
    settings: {
      output_profile: null,
      output_profiles: {},
      held: {},
      ask_first: [],
      hand_out_wait_seconds: 60,
      regions: {},
      tags: {},
      rules: [],
      favourites,
      account_names: {},
      session_name: "{user}@{host}",
      mfa_session_hours: 12,
      code_sources: {},
      end_sessions_on_quit: true,
      notifications: true,
    },
    notices: [],
  };
}

export function outline(mentioned: Role[]): Outline {
  return { revision: 1, roles: mentioned.length, accounts_total: 1, mentioned, accounts: [] };
}

/** Roles that a search found, all of them here. */
export function found(roles: readonly Role[]) {
  return {
    total: roles.length,
    at: (position: number) => roles[position] ?? null,
    find: (id: string) => {
      const position = roles.findIndex((role) => role.id === id);
      return position < 0 ? null : position;
    },
  };
}
