// Which record the form makes, and whether its point lies in the country.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isOutside, outlinesOf } from "../../web/static/add/outside.js";
import { featureOf } from "../../web/static/add/record.js";

const FIELDS = [
  "name other-names kind country region locality accuracy radius location-note summary lat lon",
  "status status-date status-basis status-summary owner-name owner-role owner-share",
  "capacity-product capacity-value capacity-unit capacity-basis",
  "source-url source-title source-publisher source-published source-type",
].flatMap((names) => names.split(" "));
const EMPTY = Object.fromEntries(FIELDS.map((name) => [name, ""]));
const SAID = { ...EMPTY, accuracy: "site", lat: "17,8 S", lon: "-63.2", status: "announced", "status-date": "2026-05" };

/** @param {Record<string, string>} fields @returns {any} */
const made = (fields, expected = false) => featureOf({ ...SAID, ...fields }, expected);

test("what was left empty is not in the record", () => {
  const { properties } = made({ name: "Plant" });
  assert.deepEqual(Object.keys(properties), ["name", "location_accuracy", "location_sources", "events", "sources"]);
});

test("a point is longitude, latitude; text that is no number goes to the server as it is", () => {
  assert.deepEqual(made({}).geometry, { type: "Point", coordinates: [-63.2, -17.8] });
  assert.deepEqual(made({ lat: "here" }).geometry.coordinates, [-63.2, "here"]);
  assert.equal(made({ lat: "", lon: "" }).geometry, null);
});

test("where only the country or nothing is known there is no point, and no source for an unknown place", () => {
  assert.equal(made({ accuracy: "country" }).geometry, null);
  assert.deepEqual(made({ accuracy: "country" }).properties.location_sources, ["s1"]);
  assert.equal(made({ accuracy: "undisclosed" }).properties.location_sources, undefined);
});

test("everything rests on the one source, and a plan is marked as one", () => {
  const { properties } = made({ "owner-name": "A", "owner-role": "owner", "capacity-value": "1,5" }, true);
  for (const part of [...properties.events, ...properties.owners, ...properties.capacities])
    assert.deepEqual(part.sources, [properties.sources[0].id]);
  assert.equal(properties.events[0].expected, true);
  assert.equal("date_basis" in properties.events[0], false);
  assert.equal(made({ "status-basis": "reported" }).properties.events[0].date_basis, "reported");
  assert.equal("expected" in made({}).properties.events[0], false);
});

test("other names are parted by semicolons", () => {
  assert.deepEqual(made({ "other-names": " A; ;B " }).properties.other_names, ["A", "B"]);
});

/** @param {number} west @param {number} south @param {number} east @param {number} north */
const box = (west, south, east, north) => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const OUTLINES = outlinesOf({
  features: [
    { properties: { iso: "BO" }, geometry: { type: "Polygon", coordinates: [box(-70, -23, -57, -9), box(-65, -18, -62, -15)] } },
    { properties: { iso: "FJ" }, geometry: { type: "MultiPolygon", coordinates: [[box(177, -19, 181, -16)]] } },
  ],
});

test("a point in a hole or with a lost minus sign is outside, one near the border is not", () => {
  const outside = (/** @type {number} */ lat, /** @type {number} */ lon) => isOutside(OUTLINES, "BO", lat, lon);
  assert.deepEqual([outside(-20, -66), outside(20, -66), outside(-16.5, -63.5), outside(-23.2, -60)], [
    false,
    true,
    true,
    false,
  ]);
});

test("a country across the date line is one, and one without an outline is never left", () => {
  assert.equal(isOutside(OUTLINES, "FJ", -17, -179.5), false);
  assert.equal(isOutside(OUTLINES, "XX", 0, 0), false);
});
