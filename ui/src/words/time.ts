// The time that is left, in words, as the tray says it too. Formatting only: when a session ends is the
// agent's to decide.

export type Urgency = "calm" | "soon" | "last" | "over";

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** Seconds are rounded up, so that "1 s" is still valid. */
function wholeSeconds(left: number): number {
  return Math.ceil(left / 1000);
}

/** Words the milliseconds that are left: `3 h 12 m`, `42 m`, `45 s`, `expired`. */
export function timeLeft(left: number): string {
  const seconds = wholeSeconds(left);
  if (seconds <= 0) return "expired";
  if (seconds < MINUTE) return `${seconds} s`;
  const hours = Math.floor(seconds / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  return hours > 0 ? `${hours} h ${minutes} m` : `${minutes} m`;
}

export function urgency(left: number): Urgency {
  const seconds = wholeSeconds(left);
  if (seconds <= 0) return "over";
  if (seconds < MINUTE) return "last";
  return seconds < 5 * MINUTE ? "soon" : "calm";
}

/** After how many milliseconds `timeLeft` says something else; null when it never will again. */
export function nextChange(left: number): number | null {
  const seconds = wholeSeconds(left);
  if (seconds <= 0) return null;
  const next = seconds < MINUTE ? seconds - 1 : seconds - (seconds % MINUTE) - 1;
  return left - next * 1000;
}

/** How much of a life is left, from 1 to 0. */
export function share(since: number, expiration: number, now: number): number {
  const whole = expiration - since;
  if (!(whole > 0)) return 0;
  return Math.min(1, Math.max(0, (expiration - now) / whole));
}

/** An absolute time in the person's own way of writing, with the day when it isn't today. */
export function clockTime(at: number, now: number, locale?: string): string {
  const day = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(
    locale,
    day ? { timeStyle: "medium" } : { dateStyle: "medium", timeStyle: "medium" },
  ).format(at);
}

/** A number of seconds that something lives: `12 h`, `1 h 30 m`, `15 m`. */
export function life(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / HOUR), "h"],
    [Math.floor(seconds / MINUTE) % 60, "m"],
    [seconds % MINUTE, "s"],
  ];
  const words = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return words.length === 0 ? "0 s" : words.join(" ");
}

/** What is to be said of a computer's clock that AWS's clock is so many seconds ahead of; null: nothing. */
export function clockWords(offset: number): string | null {
  if (Math.abs(offset) < MINUTE) return null;
  const how = offset > 0 ? "behind" : "ahead";
  return `This computer's clock is ${life(Math.abs(offset))} ${how}; times are corrected.`;
}
