// What the server sends as columns, as rows; and what is said of them in one sentence.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, hasPoint, isCountryWide, isPlaceless, mercatorX, mercatorY } from "../../web/static/base/snapshot.js";
import { sentence } from "../../web/static/find/sentence.js";

/** @param {string} code @param {string} [group] */
const term = (code, group = "") => ({ code, label: `${code}!`, definition: "", group, search: `${code}?` });

const SENT = {
  vocabularies: {
    kind: [term("refinery"), term("cell_factory")],
    status: [term("considered", "planned"), term("operating", "operating")],
    status_date_basis: [term("happened"), term("reported")],
    location_accuracy: [term("site"), term("country"), term("undisclosed")],
  },
  countries: { BO: "Bolivia", CL: "Chile" },
  columns: {
    id: ["bo-a", "bo-b", "cl-c"],
    name: ["Ñandú", "B", "C"],
    kind: [1, 0, 0],
    status: [0, 1, 1],
    status_date: ["2024-03-26", "2025", null],
    status_date_basis: [0, 1, null],
    country: ["BO", "BO", "CL"],
    accuracy: [1, 0, 2],
    radius_km: [null, 5, null],
    lon: [null, -67.5, null],
    lat: [null, 0, null],
    owners: ["Rosatom", null, null],
    search: ["rosatom", null, null],
  },
  folding: { dropped: "[\u2019]", marks: "[\u0300-\u036f]", letters: {}, latin: {} },
  areas: { 1: { type: "Polygon", coordinates: [] } },
};

test("positions in columns become words, and what is null stays unknown", () => {
  const { rows, byId } = decode(SENT);
  assert.deepEqual(rows.map(({ kind, status, accuracy }) => [kind.code, status.code, accuracy.code].join()), [
    "cell_factory,considered,country",
    "refinery,operating,site",
    "refinery,operating,undisclosed",
  ]);
  assert.deepEqual(rows.map(({ sinceBasis }) => sinceBasis?.label), ["happened!", "reported!", undefined]);
  assert.equal(byId.get("bo-b"), rows[1]);
});

test("a project without a point has none on the map either", () => {
  const { rows } = decode(SENT);
  assert.deepEqual(rows.map(hasPoint), [false, true, false]);
  assert.deepEqual(rows.map(isCountryWide), [true, false, false]);
  assert.deepEqual(rows.map(isPlaceless), [false, false, true]);
  assert.deepEqual([rows[1].x, rows[1].y], [mercatorX(-67.5), 0.5]);
});

test("a project is searched by its texts, kind and stage, sorted by its folded name; areas are found by row", () => {
  const { rows, areas } = decode(SENT);
  assert.deepEqual([rows[0].search, rows[0].folded], ["rosatom cell_factory? considered?", "nandu"]);
  assert.deepEqual([...areas.keys()], [1]);
});

test("the world is a square: the poles are at its edges", () => {
  assert.deepEqual([-180, 0, 180].map(mercatorX), [0, 0.5, 1]);
  assert.ok(Math.abs(mercatorY(90)) < 1e-6 && Math.abs(mercatorY(-90) - 1) < 1e-6);
});

test("one sentence counts projects, countries and the groups that there are", () => {
  const { rows } = decode(SENT);
  assert.equal(sentence(rows).replaceAll("\u00a0", " "), "3 projects in 2 countries: 2 operating and 1 planned.");
  assert.match(sentence([]), /^No project matches/);
});
