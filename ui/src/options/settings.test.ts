import { expect, test } from "vitest";
import { beginningKey, profileOf, providerNames, section, takenAway } from "./settings";

test("an edit keeps what the form doesn't show, and drops what was cleared", () => {
  const own = { role_arn: "arn:aws:iam::123456789012:role/A", region: "eu-west-1", external_id: "x" };
  expect(section(" a ", own, { region: "", external_id: " y ", mfa_serial: "" }, new Set())).toEqual({
    kind: "profile",
    name: "a",
    settings: { role_arn: "arn:aws:iam::123456789012:role/A", external_id: "y" },
  });
});

test("what is taken away from the shared files stays as an empty setting", () => {
  const { settings } = section("a", {}, { mfa_serial: "", region: "eu-west-1" }, new Set(["mfa_serial"]));
  expect(settings).toEqual({ mfa_serial: "", region: "eu-west-1" });
  expect(takenAway(settings)).toEqual(new Set(["mfa_serial"]));
});

test("a policy is put on one line, and one that is no JSON is left to the planner", () => {
  const policy = '{\n  "Version": "2012-10-17",\n  "Statement": []\n}\n';
  expect(section("a", {}, { policy }, new Set()).settings).toEqual({
    policy: '{"Version":"2012-10-17","Statement":[]}',
  });
  expect(section("a", {}, { policy: "{\n oops" }, new Set()).settings).toEqual({ policy: "{  oops" });
});

test("no line of the file can be smuggled in", () => {
  const { settings } = section("a", {}, { external_id: "x\n[profile b]\r\nregion = z" }, new Set());
  expect(settings["external_id"]).toBe("x [profile b] region = z");
});

test("a key in the vault is named like a profile", () => {
  expect(["profile", "key", "oidc", "saml"].map((it) => beginningKey(it as never))).toEqual([
    "source_profile",
    "source_profile",
    "oidc",
    "saml",
  ]);
});

test("only the providers of the wanted kind are offered", () => {
  const providers = [{ oidc: "google" }, { saml: "work" }, { oidc: "x" }];
  expect(providerNames(providers, "oidc")).toEqual(["google", "x"]);
  expect(providerNames(providers, "saml")).toEqual(["work"]);
});

test("only roles of profiles have options", () => {
  expect(profileOf("profile:a:b")).toBe("a:b");
  expect(profileOf("saml:work:x")).toBeNull();
});
