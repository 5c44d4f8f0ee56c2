// Which projects come first in the list under the search field?

import assert from "node:assert/strict";
import { test } from "node:test";

import { begins, Folding, has } from "../../web/static/base/fold.js";
import { bestFirst } from "../../web/static/find/search.js";

const folding = new Folding({ dropped: "['\u2019]", marks: "[\u0300-\u036f]", letters: {}, latin: { р: "r", о: "o", с: "s" } });

/** @param {string} folded @param {string} others @returns {any} */
const row = (folded, others) => ({ folded, search: `${folded} ${others}` });

test("words that begin so come before those that have them inside, and a name before its company", () => {
  const inside = row("pilgangoora", "pilbara minerals");
  const company = row("holland plant", "lg energy solution");
  const name = row("nanjing lg plant", "someone");
  assert.deepEqual(bestFirst([inside, company, name], folding.asked("LG")), [name, company, inside]);
});

test("equals stay in their order", () => {
  const rows = [row("lg b", ""), row("lg a", "")];
  assert.deepEqual(bestFirst(rows, folding.asked("lg")), rows);
});

test("all words of a part, and any part, each in one of its spellings", () => {
  assert.ok(has(folding.asked("Uyuni rosa"), "rosatom uyuni"));
  assert.ok(!has(folding.asked("uyuni lima"), "rosatom uyuni"));
  assert.ok(has(folding.asked("uyuni lima, rosa"), "rosatom uyuni"));
  assert.ok(has(folding.asked("рос"), "rosatom"));
  assert.ok(begins(folding.asked("тос, uyu"), "rosatom uyuni"));
  assert.ok(!begins(folding.asked("tom"), "rosatom uyuni"));
});

test("nothing asked for leaves nothing out", () => {
  assert.ok(has(folding.asked(" , \u2019"), "anything"));
});
