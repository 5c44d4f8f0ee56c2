// Addresses, names and the sheet of what is shared.

import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERYTHING } from "../../web/static/find/choices.js";
import { changesAddress, citeAddress, downloadAddress, embedCode, fileName, formsOf } from "../../web/static/share/address.js";
import { layOut, wrapped } from "../../web/static/share/poster.js";

/** @param {object} [given] @returns {any} */
const choices = (given) => ({ ...EVERYTHING, ...given });
const GROUPS = { planned: ["announced", "study"] };
const CHOSEN = choices({ country: new Set(["BO"]), status: new Set(["announced", "study"]), as_of: "2024-06", q: "Água & <salt>" });

const [CSV, GEOJSON] = formsOf("csv:csv geojsonfile:geojson");

/** @param {string} address */
const asked = (address) => Object.fromEntries(new URL(address, "http://x").searchParams);

test("downloads and citations ask for just what is chosen, as of the date that is shown", () => {
  const chosen = { status_group: "planned", country: "BO", q: "Água & <salt>", as_of: "2024-06" };
  assert.deepEqual(asked(downloadAddress(CHOSEN, GROUPS, CSV)), { f: "csv", ...chosen });
  assert.deepEqual(asked(downloadAddress(choices(), GROUPS, GEOJSON)), { f: "geojsonfile" });
  assert.deepEqual(asked(citeAddress(CHOSEN, GROUPS, "bibtex")), { f: "bibtex", ...chosen });
  assert.deepEqual(asked(changesAddress(CHOSEN, GROUPS, "es")), { f: "html", lang: "es", ...chosen });
});

test("the formats are those that the page names", () => {
  assert.deepEqual(GEOJSON, { name: "geojsonfile", ending: "geojson" });
  assert.deepEqual([formsOf(""), formsOf(undefined)], [[], []]);
});

test("a file is named by what was chosen, in characters that every system takes", () => {
  const day = new Date("2026-11-26T23:00:00Z");
  const name = (/** @type {any} */ given, /** @type {string} */ ending) => fileName("ledger", given, GROUPS, ending, day);
  assert.equal(name(CHOSEN, "png"), "ledger-status-group-planned-country-BO-q-Agua-salt-as-of-2024-06-2026-11-26.png");
  assert.equal(name(choices(), "svg"), "ledger-2026-11-26.svg");
  const long = name(choices({ q: "../x/".repeat(60) }), "png");
  assert.ok(long.length < 140 && !/[./\\]/.test(long.replace(/\.png$/, "")));
});

test("nothing leaves its attribute in the code to embed", () => {
  const code = embedCode({ page: "https://example.org/#x", language: "es", hash: '#?q="><script>&x' }, "wide", `"'><img src=x onerror=alert(1)>`);
  assert.equal(code.match(/</g)?.length, 2);
  assert.match(code, /^<iframe src="https:\/\/example\.org\/embed\?lang=es#\?q=&quot;&gt;&lt;script&gt;&amp;x" title="[^"]*" width="100%" height="600" [^<>]*><\/iframe>$/);
});

/** Ten pixels a letter. @param {string} text */
const measure = (text) => text.length * 10;

test("a text is broken at blanks, and within a word that is longer than the line", () => {
  assert.deepEqual(wrapped("one two three", 80, measure), ["one two", "three"]);
  assert.deepEqual(wrapped("abcdefghijkl mn", 50, measure), ["abcde", "fghij", "kl mn"]);
  assert.deepEqual(wrapped("", 50, measure), [""]);
});

test("nothing on the sheet lies on anything else, or outside it", () => {
  const legend = ["operating: 12", "planned: 3", "being built: 44"].map((label) => ({ label, fill: "#000", line: "#000" }));
  for (const width of [200, 390, 1440]) {
    const content = { headline: "w ".repeat(40).trim(), date: "today", legend, credit: "c ".repeat(90).trim(), address: "x".repeat(300), map: { width, height: 300 } };
    const sheet = layOut(content, { serif: "serif", sans: "sans" }, measure);
    assert.ok(sheet.map.x >= 0 && sheet.map.x + width <= sheet.width);
    const above = sheet.lines.filter(({ y }) => y < sheet.map.y);
    const beneath = sheet.lines.filter(({ y }) => y > sheet.map.y + 300);
    assert.equal(above.length + beneath.length, sheet.lines.length);
    for (const line of sheet.lines) assert.ok(line.y < sheet.height && (line.x + measure(line.text) <= sheet.width || line.text.length < 2));
    assert.equal(sheet.dots.length, legend.length);
  }
});

test("an empty choice has a sheet without a legend", () => {
  const content = { headline: "No project matches.", date: "", legend: [], credit: "", address: "", map: { width: 400, height: 100 } };
  const sheet = layOut(content, { serif: "serif", sans: "sans" }, measure);
  assert.deepEqual([sheet.dots, sheet.lines.length], [[], 1]);
});
