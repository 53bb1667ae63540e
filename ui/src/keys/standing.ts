// How the vault stands, as a sentence.

import type { VaultView } from "../bindings/types";

export function standing({ kept_by, open }: VaultView): string {
  switch (kept_by) {
    case "nothing":
      return "The vault is empty. Its key will lie in the system's keyring.";
    case "keyring":
      return open
        ? "The vault is open. Its key lies in the system's keyring."
        : "The vault's key lies in the system's keyring. It is opened when a key is needed.";
    case "passphrase":
      return open
        ? "The vault is sealed with a passphrase, and open until it is locked."
        : "The vault is sealed with a passphrase, and locked.";
  }
}
