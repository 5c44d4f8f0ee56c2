// A view as an address and back; what an address asks for in vain is said, and never becomes the whole world.

import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERYTHING } from "../../web/static/find/choices.js";
import { linkNotice } from "../../web/static/find/linknotice.js";
import { apiParameters, hashOf, read, write } from "../../web/static/find/url.js";
import { speak } from "./speaking.js";

speak("en", "find");

const GROUPS = { planned: ["announced", "study"], building: ["construction"], operating: ["operating"] };
const KNOWN = {
  codes: { status: Object.values(GROUPS).flat(), kind: ["refinery", "cell_factory"], country: ["BO", "CL"] },
  groups: GROUPS,
};
const VIEW = { zoom: 4, lat: -20.1, lon: -66.9 };
const quoted = (/** @type {string} */ _name, /** @type {string} */ code) => code;

/** @type {[string, Partial<import("../../web/static/find/choices.js").Choices>][]} */
const CHOSEN = [
  ["words, codes, a record and a tab", { status: new Set(["study"]), q: "potosí & sal", record: "bo-a", tab: "list" }],
  ["whole groups", { status: new Set(["announced", "study", "operating"]) }],
  ["spans, open and closed", { capacity_measure: "cells", capacity: [10, Infinity], start_year: [2026, 2028] }],
  ["a day, regions and organisations", { as_of: "2024-03", region: new Set(["Potosí"]), owner: new Set(["ylb"]) }],
  ["what views keep, and what is compared", { view: { cols: "name,stage", base: "osm" }, compare: ["bo-a", "bo-b"] }],
];

for (const [what, chosen] of CHOSEN) {
  test(`what is written is read again: ${what}`, () => {
    const choices = { ...EVERYTHING, ...chosen };
    assert.deepEqual(read(write(VIEW, choices, GROUPS), KNOWN), { view: VIEW, choices, odd: [] });
  });
}

test("the stages of whole groups are written as groups, which the API knows too", () => {
  const choices = { ...EVERYTHING, status: new Set(["announced", "study"]), country: new Set(["BO"]), as_of: "2024-02" };
  assert.match(write(VIEW, choices, GROUPS), /\?status_group=planned&country=BO&as_of=2024-02$/);
  assert.equal(String(apiParameters(choices, GROUPS)), "status_group=planned&country=BO&as_of=2024-02-29");
  assert.match(write(VIEW, { ...choices, status: new Set(["study"]) }, GROUPS), /\?status=study&/);
});

for (const hash of ["", "#", "#4/x/1", "#99/0/0", "#4/95/0", "#4/-20.1"]) {
  test(`"${hash}" names no view`, () => assert.equal(read(hash, KNOWN).view, null));
}

for (const text of ["../..", "5/3", "x/3", "", "/", "1/2x", "NaN/3"]) {
  test(`"${text}" is no span`, () => assert.equal(read(`#?capacity=${text}`, KNOWN).choices.capacity, null));
}

test("one number is the span of just that", () => {
  assert.deepEqual(read("#?start_year=2027", KNOWN).choices.start_year, [2027, 2027]);
});

for (const text of ["2024-13", "yesterday", "24", "2024-1-1", "2024-02-32"]) {
  test(`"${text}" is no day`, () => assert.equal(read(`#?as_of=${text}`, KNOWN).choices.as_of, null));
}

test("a record may stand alone", () => assert.equal(read("#rec=bo-a", KNOWN).choices.record, "bo-a"));

test("naming none is naming all", () => assert.equal(read("#?country=", KNOWN).choices.country, null));

test("a code in other letters is taken for the one it means, and said", () => {
  const { choices, odd } = read("#?country=bo&status=Operating", KNOWN);
  assert.deepEqual([choices.country, choices.status], [new Set(["BO"]), new Set(["operating"])]);
  assert.equal(linkNotice(odd, (_name, code) => code.toLowerCase()), "Read “Operating” as operating. Read “bo” as bo.");
});

test("a code that is not here is kept, so that nothing is shown, and said", () => {
  const { choices, odd } = read("#?status=finished&country=XX", KNOWN);
  assert.deepEqual([choices.status, choices.country], [new Set(["finished"]), new Set(["XX"])]);
  assert.match(linkNotice(odd, quoted), /“finished” and “XX”: no project here has it/);
  assert.match(write(VIEW, choices, GROUPS), /status=finished&country=XX/, "the address stays what it was");
});

test("a name that the map does not know is said, and what trackers append is not", () => {
  assert.match(linkNotice(read("#?contry=BO&utm_source=x", KNOWN).odd, quoted), /^This link says “contry”/);
});

test("what is wrong with an address is said in few letters", () => {
  const many = Array.from({ length: 300 }, (_none, number) => `x${number}`);
  for (const codes of ["x".repeat(5000), many.join(","), many.map(() => "bo").join(",")]) {
    const said = linkNotice(read(`#?country=${codes}&${many.join("=1&")}`, KNOWN).odd, quoted);
    assert.ok(said.length < 350, said);
  }
  assert.match(linkNotice(read(`#?country=${many}`, KNOWN).odd, quoted), /“x0”, “x1”, “x2” and 297 more/);
});

test("an address as the API writes it is read too", () => {
  assert.equal(hashOf("?country=BO&utm_source=x&ref=y&lang=es"), "#?country=BO");
  assert.deepEqual(read(hashOf("?country=BO"), KNOWN).choices.country, new Set(["BO"]));
  assert.equal(hashOf("?fbclid=1"), "");
});

test("broken percent signs and foreign letters break nothing", () => {
  assert.equal(read("#?q=%E0%A4%A&country=%", KNOWN).choices.country?.has("%"), true);
});
