import { expect, test } from "vitest";
import { EarlyDigits } from "./early";

function typed(keys: string[], modifiers: object = {}): { page: EventTarget; early: EarlyDigits } {
  const page = new EventTarget();
  const early = new EarlyDigits(page);
  for (const key of keys) page.dispatchEvent(Object.assign(new Event("keydown"), { key, ...modifiers }));
  return { page, early };
}

test("digits typed before the field is there are kept, and corrected", () => {
  expect(typed(["1", "2", "Shift", "x", "9", "Backspace", "٣", " ", "4"]).early.take()).toBe("1234");
});

test("shortcuts are no digits", () => {
  expect(typed(["1", "2"], { ctrlKey: true }).early.take()).toBe("");
});

test("once taken, the field has the keys", () => {
  const { page, early } = typed(["1"]);
  expect(early.take()).toBe("1");
  page.dispatchEvent(Object.assign(new Event("keydown"), { key: "2" }));
  expect(early.take()).toBe("");
});
