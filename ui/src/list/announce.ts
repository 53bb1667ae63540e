// What a screen reader is told about the countdowns: five minutes, one minute, the end; each once.

import type { SessionView } from "../bindings/types";
import { urgency, type Urgency } from "../words/time";

const RANK: Record<Urgency, number> = { calm: 0, soon: 1, last: 2, over: 3 };

/** The sentences for what has become pressing since `before`, which is brought up to date. */
export function announcements(
  before: Map<number, Urgency>,
  sessions: readonly SessionView[],
  now: number,
): string[] {
  const said: string[] = [];
  const present = new Set<number>();
  for (const session of sessions) {
    if (session.expiration === null) continue;
    present.add(session.id);
    const then = before.get(session.id);
    const is = urgency(Date.parse(session.expiration) - now);
    before.set(session.id, is);
    if (then !== undefined && RANK[is] > RANK[then]) said.push(sentence(session.role, is));
  }
  for (const id of before.keys()) if (!present.has(id)) before.delete(id);
  return said;
}

function sentence(role: string, urgency: Urgency): string {
  switch (urgency) {
    case "calm":
      return "";
    case "soon":
      return `${role} ends in 5 minutes.`;
    case "last":
      return `${role} ends in 1 minute.`;
    case "over":
      return `${role} has expired.`;
  }
}
