// How old an access key is. AWS advises to rotate keys after 90 days.

import { count } from "../words/text";

const DAY = 86_400_000;
const OLD = 90;

export interface Age {
  words: string;
  old: boolean;
}

export function age(created: string, now: number): Age {
  const days = Math.max(0, Math.floor((now - Date.parse(created)) / DAY));
  if (days === 0) return { words: "made today", old: false };
  const words = `${count(days, "day", "days")} old`;
  return days >= OLD ? { words: `${words}: rotate it`, old: true } : { words, old: false };
}
