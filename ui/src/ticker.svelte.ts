// The one clock of a page. It ticks only while the page is seen and something counts down, and only as often as
// some words change.

import { nextChange } from "./words/time";

class Ticker {
  /** The time that AWS's clock shows: every time that the agent tells is of that clock. */
  now = $state(Date.now());
  #offset = 0;
  #ends: readonly number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    if (typeof document === "undefined") return;
    // Timers stand still while the machine sleeps: whatever tells of a return asks the clock again.
    document.addEventListener("visibilitychange", () => this.refresh());
    window.addEventListener("focus", () => this.refresh());
    window.addEventListener("pointermove", () => {
      if (Date.now() + this.#offset - this.now > 60_000) this.refresh();
    });
  }

  /** Counts down to these ends from now on. */
  watch(ends: readonly number[]): void {
    this.#ends = ends;
    this.refresh();
  }

  /** Takes over by how many seconds AWS's clock is ahead of this computer's. */
  setOffset(seconds: number): void {
    this.#offset = seconds * 1000;
    this.refresh();
  }

  refresh(): void {
    // `this.now` is only written here: an effect that calls this must not come to depend on it.
    const now = Date.now() + this.#offset;
    this.now = now;
    clearTimeout(this.#timer);
    if (document.visibilityState === "hidden") return;
    const waits = this.#ends.flatMap((end) => nextChange(end - now) ?? []);
    if (waits.length > 0) this.#timer = setTimeout(() => this.refresh(), Math.max(5, Math.min(...waits)));
  }
}

export const ticker = new Ticker();
