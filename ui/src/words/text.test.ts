import { expect, test } from "vitest";
import { count, deviceName, shown } from "./text";

test("what can't be seen, or turns the direction, is written out", () => {
  expect(shown("a\u202eb\u0007c\u200bd\ne")).toBe("a\\u{202e}b\\u{7}c\\u{200b}d\\u{a}e");
  expect(shown("\u{e0041}")).toBe("\\u{e0041}");
});

test("names of any script stay as they are", () => {
  for (const name of ["Acme Production", "شركة المثال", "日本", "Zoë 🎩", "<b>&amp;</b>"])
    expect(shown(name)).toBe(name);
});

test("endless text is cut", () => {
  expect(shown("x".repeat(5000)).length).toBeLessThan(600);
});

test("a device is named by the end of its ARN, else by its serial", () => {
  expect(deviceName("arn:aws:iam::111122223333:mfa/team/eve")).toBe("team/eve");
  expect(deviceName("GAHT12345678")).toBe("GAHT12345678");
  expect(deviceName("arn:aws:iam::111122223333:mfa/")).toBe("arn:aws:iam::111122223333:mfa/");
});

test("counts agree with their noun", () => {
  expect(count(1, "role", "roles")).toBe("1 role");
  expect(count(0, "role", "roles")).toBe("0 roles");
});
