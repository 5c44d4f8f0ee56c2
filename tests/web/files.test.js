// A part of the files of all records is taken out in the browser: just these records, as they stand.

import assert from "node:assert/strict";
import { test } from "node:test";

import { featuresOf, rowsOf } from "../../web/static/share/files.js";
import { chosen } from "../../web/static/views/eventsfile.js";

test("rows of CSV are those of the records, line breaks and quotes within a cell and all", () => {
  const rows = ['id,name\r\n', 'bo-a,"one ""a"",\r\nbo-c,two"\r\n', "bo-b,plain\r\n", 'bo-c,"x\ny"\r\n'];
  const text = `\ufeff${rows.join("")}`;
  assert.equal(rowsOf(text, new Set(["bo-a", "bo-c"])), `\ufeff${rows[0]}${rows[1]}${rows[3]}`);
  assert.equal(rowsOf(text, new Set()), `\ufeff${rows[0]}`);
});

test("features are those of the records, in their order", () => {
  const features = ["bo-a", "bo-b", "bo-c"].map((id) => ({ type: "Feature", id, geometry: null, properties: {} }));
  const text = featuresOf(JSON.stringify({ type: "FeatureCollection", features }), new Set(["bo-c", "bo-a"]));
  assert.deepEqual(JSON.parse(text), { type: "FeatureCollection", features: [features[0], features[2]] });
});

test("an event counts where its date, a year or a month perhaps, meets the period", () => {
  const happened = /** @type {any[]} */ (["2025", "2024-06", "2024-01-31", "2023-12"].map((date) => ({ record_id: "bo-a", date })));
  const events = { happened: [...happened, { record_id: "bo-b", date: "2024" }], expected: [{ ...happened[0], date: "2030" }] };
  /** @param {string} query */
  const dates = (query) => chosen(/** @type {any} */ (events), new URLSearchParams(query), new Set(["bo-a"])).map(({ date }) => date);
  assert.deepEqual(dates("expected=false&from=2024&to=2024"), ["2024-06", "2024-01-31"]);
  assert.deepEqual(dates("expected=false&from=2024-06-15"), ["2025", "2024-06"]);
  assert.deepEqual(dates("expected=false&to=2024-01"), ["2024-01-31", "2023-12"]);
  assert.deepEqual(dates("expected=true"), ["2030"]);
});
