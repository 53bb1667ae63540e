import { expect, test } from "vitest";
import { othersTags, typedTags } from "./tags";

test("tags are what stands between commas, each once", () => {
  expect(typedTags(" payments, eu ,,payments, on call ")).toEqual(["payments", "eu", "on call"]);
  expect(typedTags("")).toEqual([]);
  expect(typedTags("x".repeat(100))[0]).toHaveLength(64);
  expect(typedTags(Array.from({ length: 50 }, (_, at) => at).join(","))).toHaveLength(20);
});

test("a person's own tags are told from the others", () => {
  expect(othersTags(["production", "mine"], ["mine"])).toEqual(["production"]);
  expect(othersTags(["production"], [])).toEqual(["production"]);
  expect(othersTags([], ["mine"])).toEqual([]);
});
