import { expect, test } from "vitest";
import { codeDigits } from "./digits";

test.each([
  ["123456", "123456"],
  [" 123 456\n", "123456"],
  ["123-456", "123456"],
  ["1234567", "123456"],
  ["٠١٢٣٤٥", "012345"],
  ["۶۷۸۹۰۱", "678901"],
  ["१२३४५६", "123456"],
  ["１２３４５６", "123456"],
  ["𝟗𝟘𝟙𝟷𝟢𝟎", "901100"],
  ["½²Ⅷ①", ""],
  ["code", ""],
  ["", ""],
])("%j gives %j", (text, digits) => {
  expect(codeDigits(text)).toBe(digits);
});

test("every decimal digit of Unicode is known", () => {
  for (let point = 0; point <= 0x10ffff; point += 1) {
    if (point >= 0xd800 && point <= 0xdfff) continue;
    const digit = String.fromCodePoint(point);
    if (/\p{Nd}/u.test(digit)) expect(codeDigits(digit)).toMatch(/^[0-9]$/);
  }
});
