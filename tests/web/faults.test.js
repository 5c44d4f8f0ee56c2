// What the form says of a fault is looked up by the fault's rule, and by its field where that makes a difference.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { inPlainWords } from "../../web/static/add/words.js";
import { speak } from "./speaking.js";

speak("en", "form");

/** The forms of a table of sentences, by its names. @param {string} path */
function table(path) {
  const text = readFileSync(new URL(path, import.meta.url), "utf8");
  return Object.fromEntries(
    Array.from(text.matchAll(/^\[+"?([a-z_0-9 -]+)"?\]+\n(?:given.*\n)?detail = "(.*)"$/gm), ([, rule, detail]) => [rule, detail]),
  );
}

const WORDS = table("../../web/messages/en.toml");
const NOWHERE = { accuracy: "undisclosed", lat: "", lon: "" };

/** @param {string} pointer @param {string} rule */
function said(pointer, rule) {
  return inPlainWords([{ pointer, rule, detail: "the API's", expected: "own words" }], NOWHERE, WORDS);
}

/** @type {[string, string, string][]} */
const KNOWN = [
  ["/properties/events/0/date", "event-in-future", "This day is in the future: tick"],
  ["/properties/events/0/date", "date-form", "Write 2024-03-26, 2024-03 or 2024."],
  ["/properties/sources/0/published", "not-text", "Write 2024-03-26, 2024-03 or 2024."],
  ["/properties/location_radius_km", "radius-missing", "A region needs this"],
  ["/properties/location_radius_km", "not-a-number", "Write a number."],
  ["/properties/location_radius_km", "too-small", "Write a number above 0."],
  ["/properties/owners/0/share_pct", "too-small", "A share goes from 0 to 100."],
  ["/properties/owners/0/share_pct", "too-large", "A share goes from 0 to 100."],
  ["/properties/name", "missing", "This field is required."],
  ["/properties/sources/0/url", "url-scheme", "Write an address that starts with https://."],
];

test("a rule is said in the form's own words, at its field", () => {
  for (const [pointer, rule, words] of KNOWN) {
    const [fault] = said(pointer, rule);
    assert.equal(fault.pointer, pointer);
    assert.ok(fault.detail.startsWith(words), `${rule}: ${fault.detail}`);
    assert.equal(fault.expected, undefined);
  }
});

test("a rule that the form has no words for is said in the API's", () => {
  for (const [pointer, rule] of [
    ["/properties/name", "not-text"],
    ["/properties/name", "no-such-rule"],
  ])
    assert.deepEqual(said(pointer, rule), [{ pointer, rule, detail: "the API's", expected: "own words" }]);
});

test("an outline that is not known is a fault of the accuracy that was chosen", () => {
  assert.deepEqual(
    said("/geometry", "outline-unknown").map(({ pointer }) => pointer),
    ["/properties/location_accuracy"],
  );
});

test("faults of the place are said once, each at its own field", () => {
  const fields = { accuracy: "site", lat: "95", lon: "" };
  const found = inPlainWords([{ pointer: "/geometry/coordinates", rule: "position-form", detail: "" }], fields, WORDS);
  assert.deepEqual(
    found.map(({ detail }) => detail),
    ["Latitude goes from -90 to 90.", "Longitude is missing."],
  );
});

test("every rule that the form has words for is a rule of the records", () => {
  const rules = Object.keys(table("../../geo/messages/en.toml"));
  for (const rule of Object.keys(WORDS)) assert.ok(rules.includes(rule.split(" ")[0]), rule);
});
