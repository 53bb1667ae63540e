// The settings of a role that can be edited, and the section of Hatrack's own file that an edit comes to.

import type { Outline, OwnSection, Provider } from "../bindings/types";

/** The settings of a profile by name. */
export type Settings = Record<string, string>;

export interface Option {
  key: string;
  label: string;
  about: string;
  /** How it is typed. */
  as: "text" | "code" | "seconds" | "lines";
  most: number;
}

export const ROLE_ARN: Option = {
  key: "role_arn",
  label: "Role ARN",
  about: "arn:aws:iam::ACCOUNT:role/NAME",
  as: "code",
  most: 2048,
};

export const SOURCE: Option = {
  key: "source_profile",
  label: "Source profile",
  about: "The profile, or the key in the vault, whose credentials assume the role.",
  as: "text",
  most: 256,
};

export const OPTIONS: readonly Option[] = [
  {
    key: "mfa_serial",
    label: "MFA device",
    about: "Its ARN or serial number; its code is asked for.",
    as: "code",
    most: 256,
  },
  {
    key: "external_id",
    label: "External id",
    about: "What the owner of the role gave you for it.",
    as: "text",
    most: 1224,
  },
  {
    key: "duration_seconds",
    label: "Duration in seconds",
    about: "900 to 43200; an hour at most through another role.",
    as: "seconds",
    most: 6,
  },
  {
    key: "role_session_name",
    label: "Session name",
    about: "What AWS writes into its logs.",
    as: "text",
    most: 64,
  },
  {
    key: "session_tags",
    label: "Session tags",
    about: "name=value, with commas between them.",
    as: "text",
    most: 8192,
  },
  {
    key: "transitive_session_tags",
    label: "Transitive tags",
    about: "Names of tags that further roles inherit, with commas between them.",
    as: "text",
    most: 8192,
  },
  {
    key: "source_identity",
    label: "Source identity",
    about: "Who you are, kept through all further roles.",
    as: "text",
    most: 64,
  },
  {
    key: "policy",
    label: "Session policy",
    about: "JSON; the session may do only what it allows, too.",
    as: "lines",
    most: 2048,
  },
  {
    key: "policy_arns",
    label: "Policy ARNs",
    about: "Managed policies that limit the session, with commas between them.",
    as: "code",
    most: 4096,
  },
  { key: "region", label: "Region", about: "Goes with the credentials.", as: "text", most: 64 },
];

export type Beginning = "profile" | "key" | "oidc" | "saml";

export const BEGINNINGS: readonly { is: Beginning; word: string }[] = [
  { is: "profile", word: "A profile" },
  { is: "key", word: "A key in the vault" },
  { is: "oidc", word: "A sign-in at an OpenID provider" },
  { is: "saml", word: "A sign-in at a SAML provider" },
];

/** The setting that names where a role begins. A key in the vault is named like a profile. */
export function beginningKey(beginning: Beginning): "source_profile" | "oidc" | "saml" {
  switch (beginning) {
    case "profile":
    case "key":
      return "source_profile";
    case "oidc":
      return "oidc";
    case "saml":
      return "saml";
  }
}

/** The names of the providers of one kind. */
export function providerNames(providers: readonly Provider[], kind: "oidc" | "saml"): string[] {
  return providers.flatMap((provider) =>
    kind === "oidc" ? ("oidc" in provider ? [provider.oidc] : []) : "saml" in provider ? [provider.saml] : [],
  );
}

/**
 * What an edit comes to: settings that the form doesn't show stay, what was cleared goes, and what is taken away
 * from the shared files stays empty.
 */
export function section(
  name: string,
  own: Settings,
  edited: Settings,
  taken: ReadonlySet<string>,
): OwnSection {
  const settings: Settings = { ...own };
  for (const [key, typed] of Object.entries(edited)) {
    const value = oneLine(key, typed);
    if (value !== "") settings[key] = value;
    else delete settings[key];
  }
  for (const key of taken) settings[key] = "";
  return { kind: "profile", name: name.trim(), settings };
}

/** The files know single lines only; JSON means the same on one line. */
function oneLine(key: string, typed: string): string {
  if (key === "policy") {
    try {
      return JSON.stringify(JSON.parse(typed));
    } catch {
      // What is no JSON is the planner's to refuse.
    }
  }
  return typed.replace(/[\r\n]+/gu, " ").trim();
}

/** The settings of the shared files that an empty own setting takes away. */
export function takenAway(own: Settings): Set<string> {
  return new Set(Object.keys(own).filter((key) => own[key] === ""));
}

/** Names of profiles to choose from: those of the roles that are here. */
export function profileNames(outline: Outline | null): string[] {
  const roles = [
    ...(outline?.mentioned ?? []),
    ...(outline?.accounts.flatMap((account) => account.roles) ?? []),
  ];
  const names = roles.flatMap((role) => [...role.profiles, ...[profileOf(role.id) ?? []].flat()]);
  return [...new Set(names)].sort();
}

/** The profile that a role stands for; null where it comes from elsewhere. */
export function profileOf(roleId: string): string | null {
  return roleId.startsWith("profile:") ? roleId.slice("profile:".length) : null;
}
