// Digits that are typed before the field is there: nothing typed into a window that has the keyboard is lost.

import { codeDigits } from "../words/digits";

/** Keeps the digits that are typed into a target until they are taken. */
export class EarlyDigits {
  private digits = "";
  private readonly keep = (event: Event) => {
    const { key, ctrlKey, metaKey, altKey } = event as KeyboardEvent;
    if (ctrlKey || metaKey || altKey) return;
    if (key === "Backspace") this.digits = this.digits.slice(0, -1);
    else if ([...key].length === 1) this.digits = codeDigits(this.digits + key);
  };

  constructor(private readonly target: EventTarget) {
    target.addEventListener("keydown", this.keep);
  }

  /** What was typed until now; from now on the field takes the keys. */
  take(): string {
    this.target.removeEventListener("keydown", this.keep);
    const typed = this.digits;
    this.digits = "";
    return typed;
  }
}
