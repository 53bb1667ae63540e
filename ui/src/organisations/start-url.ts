/** A name to offer for an organisation: what stands first in its portal's address, where that says something. */
export function nameFor(startUrl: string): string {
  const host = /^https?:\/\/([^/?#]+)/iu.exec(startUrl.trim())?.[1] ?? "";
  const first = host.split(".")[0] ?? "";
  // `d-` and a number is an address that nobody chose; `start` and the like are AWS's own.
  return /^([0-9]+|d-[0-9a-f]+|start|identitycenter|ssoins-.*|portal)$/iu.test(first) || !host.includes(".")
    ? ""
    : first.toLowerCase().replace(/[^a-z0-9_-]/gu, "");
}
