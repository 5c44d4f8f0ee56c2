// Which projects are shown, how many each choice would show, and the address of the same question to the API.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Folding } from "../../web/static/base/fold.js";
import { addressOf } from "../../web/static/find/download.js";
import { EVERYTHING, isFiltered, select, toggled } from "../../web/static/find/filters.js";

/** @param {string} status @param {string} kind @param {string} country @param {string} search @returns {any} */
const row = (status, kind, country, search) => ({ status: { code: status }, kind: { code: kind }, country, search });

const folding = new Folding({ dropped: "[\u2019]", marks: "[\u0300-\u036f]", letters: {}, latin: {} });
const ROWS = [
  row("operating", "refinery", "BO", "uyuni rosatom"),
  row("operating", "cell_factory", "CL", "antofagasta"),
  row("planned", "refinery", "BO", "llipi"),
];

test("a choice leaves out what it does not name, and other counts follow", () => {
  const { rows, counts } = select({ rows: ROWS, folding }, { ...EVERYTHING, country: new Set(["BO"]) });
  assert.deepEqual(rows, [ROWS[0], ROWS[2]]);
  assert.deepEqual([...counts.kind], [["refinery", 2]]);
  assert.deepEqual([...counts.country], [["BO", 2], ["CL", 1]], "its own counts are those of all other choices");
});

test("every word must be found, whatever its accents; a comma means or", () => {
  assert.deepEqual(select({ rows: ROWS, folding }, { ...EVERYTHING, q: "UYÚNI ros" }).rows, [ROWS[0]]);
  assert.deepEqual(select({ rows: ROWS, folding }, { ...EVERYTHING, q: "uyuni llipi" }).rows, []);
  assert.deepEqual(select({ rows: ROWS, folding }, { ...EVERYTHING, q: "uyuni, llipi" }).rows, [ROWS[0], ROWS[2]]);
});

test("a code that no project has shows nothing", () => {
  assert.deepEqual(select({ rows: ROWS, folding }, { ...EVERYTHING, country: new Set(["XX"]) }).rows, []);
});

test("switching all codes on, or the last one off, is everything again", () => {
  assert.deepEqual(toggled(null, "a", ["a", "b"]), new Set(["b"]));
  assert.equal(toggled(new Set(["b"]), "a", ["a", "b"]), null);
  assert.equal(toggled(new Set(["a"]), "a", ["a", "b"]), null);
});

test("a code that is not here goes with the next choice", () => {
  assert.deepEqual(toggled(new Set(["xx"]), "a", ["a", "b"]), new Set(["a"]));
});

test("choosing nothing is no filter", () => {
  assert.equal(isFiltered(EVERYTHING), false);
  assert.equal(isFiltered({ ...EVERYTHING, q: "x" }), true);
});

test("the download asks the API for what is chosen", () => {
  const known = { status: ["operating"], kind: ["refinery"], country: ["BO"] };
  const address = addressOf({ ...EVERYTHING, kind: new Set(["refinery", "volcano"]), q: " salar & sal " }, known);
  assert.equal(address, "/api/collections/projects/items?limit=10000&kind=refinery&q=salar+%26+sal");
});
