// A view as an address and back; what an address asks for in vain is said, and never becomes the whole world.

import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERYTHING } from "../../web/static/find/filters.js";
import { linkNotice } from "../../web/static/find/linknotice.js";
import { hashOf, read, write } from "../../web/static/find/url.js";

const CODES = { status: ["planned", "operating"], kind: ["refinery", "cell_factory"], country: ["BO", "CL"] };
const VIEW = { zoom: 4, lat: -20.1, lon: -66.9 };

test("what is written is read again", () => {
  const choices = { ...EVERYTHING, status: new Set(["operating"]), q: "potosí & sal", record: "bo-a", tab: /** @type {const} */ ("list") };
  const found = read(write(VIEW, choices), CODES);
  assert.deepEqual(found, { view: VIEW, choices, odd: [] });
});

for (const hash of ["", "#", "#4/x/1", "#99/0/0", "#4/95/0", "#4/-20.1"]) {
  test(`"${hash}" names no view`, () => assert.equal(read(hash, CODES).view, null));
}

test("a record may stand alone", () => assert.equal(read("#rec=bo-a", CODES).choices.record, "bo-a"));

test("naming every code is naming none", () => {
  assert.equal(read("#?country=BO,CL", CODES).choices.country, null);
  assert.equal(read("#?country=", CODES).choices.country, null);
});

test("a code in other letters is taken for the one it means, and said", () => {
  const { choices, odd } = read("#?country=bo&status=Operating", CODES);
  assert.deepEqual([choices.country, choices.status], [new Set(["BO"]), new Set(["operating"])]);
  assert.equal(linkNotice(odd, (_, code) => code.toLowerCase()), "Read “Operating” as operating. Read “bo” as bo.");
});

test("a code that is not here is kept, so that nothing is shown, and said", () => {
  const { choices, odd } = read("#?status=finished&country=XX", CODES);
  assert.deepEqual([choices.status, choices.country], [new Set(["finished"]), new Set(["XX"])]);
  const said = linkNotice(odd, (_, code) => code);
  assert.match(said, /stage “finished”: no project here has it/);
  assert.match(said, /country “XX”: no project here has it/);
  assert.match(write(VIEW, choices), /status=finished&country=XX/, "the address stays what it was");
});

test("a name that the map does not know is said, and what trackers append is not", () => {
  assert.match(linkNotice(read("#?contry=BO&utm_source=x", CODES).odd, (_, code) => code), /^This link says “contry”/);
});

test("what is wrong with an address is said in few letters", () => {
  const many = Array.from({ length: 300 }, (_, number) => `x${number}`);
  for (const codes of ["x".repeat(5000), many.join(","), many.map(() => "bo").join(",")]) {
    const said = linkNotice(read(`#?country=${codes}&${many.join("=1&")}`, CODES).odd, (_, code) => code);
    assert.ok(said.length < 350, said);
  }
  assert.match(linkNotice(read(`#?country=${many}`, CODES).odd, (_, code) => code), /“x0”, “x1”, “x2” and 297 more/);
});

test("an address as the API writes it is read too", () => {
  assert.equal(hashOf("?country=BO&utm_source=x&ref=y"), "#?country=BO");
  assert.deepEqual(read(hashOf("?country=BO"), CODES).choices.country, new Set(["BO"]));
  assert.equal(hashOf("?fbclid=1"), "");
});

test("broken percent signs and foreign letters break nothing", () => {
  assert.equal(read("#?q=%E0%A4%A&country=%", CODES).choices.country?.has("%"), true);
});
