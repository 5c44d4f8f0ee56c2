// Which projects have the words, and which come first in the list under the search field?

import assert from "node:assert/strict";
import { test } from "node:test";

import { begins, Folding, has } from "../../web/static/base/fold.js";
import { bestFirst } from "../../web/static/find/search.js";
import { search } from "../../web/static/find/words.js";
import { allRows, datasetOf } from "./columns.js";

const folding = new Folding({ dropped: "['\u2019]", marks: "[\u0300-\u036f]", letters: {}, latin: { р: "r", о: "o", с: "s" } });

test("words that begin so come before those that have them inside, and a name before its company", () => {
  const dataset = datasetOf([
    { name: "Pilgangoora", owners: [["pilbara", "Pilbara Minerals"]] },
    { name: "Holland plant", owners: [["lg", "LG Energy Solution"]] },
    { name: "Nanjing LG plant" },
  ]);
  assert.deepEqual(bestFirst(dataset, allRows(dataset), "LG").map(({ index }) => index), [2, 1, 0]);
});

test("equals stay in their order", () => {
  const dataset = datasetOf([{ name: "LG b" }, { name: "LG a" }]);
  assert.deepEqual(bestFirst(dataset, allRows(dataset), "lg").map(({ index }) => index), [0, 1]);
});

test("the words are looked for in every line, once a line, the first and the last one too", () => {
  const dataset = datasetOf([{ name: "aba" }, { name: "caba aba" }, { name: "" }, { name: "xab" }, { name: "ab" }]);
  const found = (/** @type {string} */ typed) => [...(search(dataset, typed) ?? [])];
  assert.deepEqual(found("ab"), [1, 1, 0, 1, 1]);
  assert.deepEqual(found("ab x"), [0, 0, 0, 1, 0]);
  assert.deepEqual(found("caba, xab"), [0, 1, 0, 1, 0]);
  assert.equal(search(dataset, " , "), null);
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
