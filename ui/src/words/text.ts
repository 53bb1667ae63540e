// Text from outside: names from files, messages from AWS. It is only ever shown as text.

const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
const LONGEST = 512;

/** The text with what can't be seen, or turns the reading direction, written as `\u{…}`, and cut where it is endless. */
export function shown(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.replace(UNSEEN, (mark) => `\\u{${mark.codePointAt(0)?.toString(16) ?? ""}}`);
}

/** The name of an MFA device: the end of its ARN, else its serial number. */
export function deviceName(serial: string): string {
  const slash = serial.indexOf(":mfa/");
  return slash >= 0 ? serial.slice(slash + ":mfa/".length) || serial : serial;
}

/** `3,000`, in the person's own way of writing. */
export function number(of: number): string {
  return new Intl.NumberFormat().format(of);
}

/** `1 role`, `2 roles`, `3,000 roles`. */
export function count(of: number, one: string, many: string): string {
  return `${number(of)} ${of === 1 ? one : many}`;
}
