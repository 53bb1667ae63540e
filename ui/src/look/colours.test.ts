import { expect, test } from "vitest";
import { barClass, colourClass, COLOURS } from "./colours";

test("every colour has a bar of its own, and red is that of danger", () => {
  const classes = COLOURS.map(({ is }) => colourClass(is));
  expect(new Set(classes).size).toBe(9);
  expect(classes.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((at) => `account-${at}`));
  expect(colourClass("red")).toBe("production");
});

test("production is danger whatever a rule says; without a rule the account has its own colour", () => {
  expect(barClass("1", ["production"], "blue")).toBe("production");
  expect(barClass("1", [], "purple")).toBe("account-1");
  expect(barClass("1", [], null)).toMatch(/^account-[0-7]$/);
});
