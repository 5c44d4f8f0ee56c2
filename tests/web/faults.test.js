// What the form says of a fault is looked up by the fault's rule, and by its field where that makes a difference.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { inPlainWords, WORDS, WORDS_AT } from "../../web/static/add/words.js";

const NOWHERE = { accuracy: "undisclosed", lat: "", lon: "" };

/** @param {string} pointer @param {string} rule */
function said(pointer, rule) {
  return inPlainWords([{ pointer, rule, detail: "the API's", expected: "own words" }], NOWHERE);
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
  const found = inPlainWords([{ pointer: "/geometry/coordinates", rule: "position-form", detail: "" }], fields);
  assert.deepEqual(
    found.map(({ detail }) => detail),
    ["Latitude goes from -90 to 90.", "Longitude is missing."],
  );
});

test("every rule that the form has words for is a rule of the records", () => {
  const table = readFileSync(new URL("../../geo/messages/en.toml", import.meta.url), "utf8");
  const rules = Array.from(table.matchAll(/^\[+([a-z0-9-]+)\]+$/gm), (match) => match[1]);
  for (const rule of [WORDS, ...Object.values(WORDS_AT)].flatMap(Object.keys)) assert.ok(rules.includes(rule), rule);
});
