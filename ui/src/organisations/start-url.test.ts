import { expect, test } from "vitest";
import { nameFor } from "./start-url";

test.each([
  ["https://Acme.awsapps.com/start#/", "acme"],
  ["https://d-9067642ac7.awsapps.com/start", ""],
  ["https://start.us-gov-home.awsapps.com/directory/x", ""],
  ["http://127.0.0.1:8080/start", ""],
  ["https://localhost/start", ""],
  ["acme", ""],
  ["", ""],
])("%j offers %j", (url, name) => {
  expect(nameFor(url)).toBe(name);
});
