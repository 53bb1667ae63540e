// A code as people type and paste it: digits of any script, blanks and dashes between them.

const DECIMAL = /\p{Nd}/u;

/** The value of a decimal digit of any script. Unicode keeps the ten digits of a script in a row. */
function digitValue(digit: string): number {
  const point = digit.codePointAt(0) ?? 0;
  let first = point;
  while (DECIMAL.test(String.fromCodePoint(first - 1))) first -= 1;
  return (point - first) % 10;
}

/** The ASCII digits in a text, in their order, six at most; everything else is left out. */
export function codeDigits(text: string): string {
  let digits = "";
  for (const character of text) {
    if (!DECIMAL.test(character)) continue;
    digits += String(digitValue(character));
    if (digits.length === 6) break;
  }
  return digits;
}
