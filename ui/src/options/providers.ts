// What each kind of identity provider needs to be known, and what people call one.

import type { Provider } from "../bindings/types";

export type ProviderKind = "openid" | "oauth" | "saml";

export interface ProviderField {
  key: string;
  label: string;
  example: string;
}

const CLIENT: ProviderField = { key: "client_id", label: "Client id", example: "" };

export function providerFields(kind: ProviderKind): readonly ProviderField[] {
  switch (kind) {
    case "openid":
      return [
        { key: "issuer", label: "Issuer", example: "https://accounts.example.com" },
        CLIENT,
        { key: "scopes", label: "Scopes", example: "openid email" },
      ];
    case "oauth":
      return [
        { key: "provider_id", label: "ProviderId", example: "www.amazon.com" },
        {
          key: "authorization_endpoint",
          label: "Authorization endpoint",
          example: "https://www.example.com/oauth",
        },
        { key: "token_endpoint", label: "Token endpoint", example: "https://api.example.com/token" },
        CLIENT,
        { key: "scopes", label: "Scopes", example: "profile" },
      ];
    case "saml":
      return [
        { key: "sign_in_url", label: "Sign-in address", example: "https://idp.example.com/app/aws/sso" },
        { key: "session_duration", label: "Session duration in seconds", example: "As the provider says" },
      ];
  }
}

/** What people call a provider. */
export function providerName(provider: Provider): string {
  if ("oidc" in provider) return provider.oidc;
  return "saml" in provider ? provider.saml : provider["identity-center"];
}
