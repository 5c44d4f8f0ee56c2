// What people type becomes the number or the day that they mean, or stays as it is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { degreesOf, groupingAdvice, isoDate, numberOf, pairOf, plainDegrees } from "../../web/static/add/numbers.js";
import { speak } from "./speaking.js";

speak("en", "form");

/** @type {[string, [string, string]][]} */
const PAIRS = [
  ["-24.78, -65.41", ["-24.78", "-65.41"]],
  ["-24.78,-65.41", ["-24.78", "-65.41"]],
  ["-24,78; -65,41", ["-24.78", "-65.41"]],
  ["-24,78, -65,41", ["-24.78", "-65.41"]],
  ["-24,78 -65,41", ["-24.78", "-65.41"]],
  ["(-24.78, -65.41)", ["-24.78", "-65.41"]],
  ["+24.78 65", ["24.78", "65"]],
  ["\u221224.78, \u221265.41", ["-24.78", "-65.41"]],
  ["24.78 S, 65.41 W", ["-24.78", "-65.41"]],
  ["24.78° S 65.41° W", ["-24.78", "-65.41"]],
  ["S 24.78 W 65.41", ["-24.78", "-65.41"]],
  ["65.41 W, 24.78 S", ["-24.78", "-65.41"]],
  ["24.78N, 65.41E", ["24.78", "65.41"]],
];

for (const [text, [lat, lon]] of PAIRS) {
  test(`${text} is a pair`, () => {
    const pair = pairOf(text);
    assert.deepEqual([pair?.lat, pair?.lon], [lat, lon]);
  });
}

test("what could be degrees and minutes is a pair that is not sure", () => {
  assert.equal(pairOf("24 47")?.sure, false);
  assert.equal(pairOf("24.78, 65.41")?.sure, true);
});

for (const text of ["24 47 11", "-24,78,-65,41", "-24,78", "24.78", "65.41 W", "somewhere", ""]) {
  test(`"${text}" is no pair`, () => assert.equal(pairOf(text), null));
}

/** @type {[string, string | null][]} */
const LATITUDES = [
  ["-24,78", "-24.78"],
  ["24,78 s", "-24.78"],
  ["\u221224.78", "-24.78"],
  ["+24", "24"],
  [".5", ".5"],
  ["-24 N", null],
  ["24 47 11", null],
  ["65.41 W", null],
  ["", null],
];

for (const [text, degrees] of LATITUDES) {
  test(`"${text}" as a latitude is ${degrees}`, () => {
    assert.equal(plainDegrees(text, "lat"), degrees);
    assert.equal(degreesOf(text, "lat"), degrees === null ? NaN : Number(degrees));
  });
}

for (const text of ["20,000", "20.000", "20 000", "20'000", "20\u00a0000", "20\u202f000"]) {
  test(`"${text}" could be read in two ways and is not taken`, () => {
    assert.match(groupingAdvice(text), /^Write 20000, without separators/);
    assert.equal(numberOf(text), text);
  });
}

/** @type {[string, number | string][]} */
const NUMBERS = [
  ["1,5", 1.5],
  ["20000", 20000],
  ["0.125", 0.125],
  ["1234.5", 1234.5],
  ["far", "far"],
  ["", ""],
];

for (const [text, number] of NUMBERS) {
  test(`"${text}" is ${number}`, () => {
    assert.equal(numberOf(text), number);
    assert.equal(groupingAdvice(text), "");
  });
}

/** @type {[string, string][]} */
const DATES = [
  ["20240326", "2024-03-26"],
  ["2024年3月26日", "2024-03-26"],
  ["2024年3月", "2024-03"],
  ["2024年", "2024"],
  ["26/03/2024", "2024-03-26"],
  ["26.03.2024", "2024-03-26"],
  ["3.4.2024", "2024-04-03"],
  ["03/04/2024", "03/04/2024"],
  ["20241326", "20241326"],
  ["2024-03", "2024-03"],
  ["2024", "2024"],
];

for (const [text, date] of DATES) test(`${text} becomes ${date}`, () => assert.equal(isoDate(text), date));
