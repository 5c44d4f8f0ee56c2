// How dates, numbers and counts are said.

import assert from "node:assert/strict";
import { test } from "node:test";

import { dateText, listText, numberText, plural, sinceText } from "../../web/static/base/words.js";

test("a date is said with the precision that it has", () => {
  assert.deepEqual(["2024-03-26", "2024-03", "2024", "", null].map(dateText), [
    "26\u00a0Mar\u00a02024",
    "Mar\u00a02024",
    "2024",
    "",
    "",
  ]);
});

test("a stage's date says what it is, in the words that come with the projects", () => {
  const sinceBasis = { code: "reported", label: "by", definition: "", group: "", search: "" };
  assert.equal(sinceText({ since: "2025-11", sinceBasis }), "by Nov\u00a02025");
  assert.equal(sinceText({ since: null, sinceBasis: null }), "");
});

test("numbers have their thousands apart and no needless decimals", () => {
  assert.deepEqual([14000, 0.5, 1234567.891, 10.20652].map(numberText), ["14,000", "0.5", "1,234,567.891", "10.20652"]);
});

test("one is one, and the rest are many", () => {
  assert.equal(plural(1, "project"), "1\u00a0project");
  assert.equal(plural(0, "country", "countries"), "0\u00a0countries");
});

test("a list is said with an and", () => {
  assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listText), ["", "a", "a and b", "a, b and c"]);
});
