import { expect, test } from "vitest";
import { sourceWords, typedSource } from "./codes";

test("a source is told in words, with what it was given", () => {
  expect(sourceWords(typedSource("process", "pass otp aws"))).toBe("From the command pass otp aws");
  expect(sourceWords(typedSource("ykman", "AWS:eve"))).toBe("From the YubiKey's account AWS:eve");
  expect(sourceWords("vault")).toContain("no second factor");
});
