// Which record a correction makes: what was said to be wrong is another, all else stays as it is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { correctionOf, fieldsOf, inTheForm } from "../../web/static/add/correction.js";

const BEFORE = {
  type: "Feature",
  id: "bo-a",
  geometry: { type: "Point", coordinates: [-66, -20] },
  properties: {
    name: "A",
    kind: "refinery",
    country: "BO",
    location_accuracy: "region",
    location_radius_km: 50,
    location_note: "The salt flat.",
    location_sources: ["s1"],
    events: [{ key: "e1", date: "2024", type: "status", status: "announced", summary: "Told.", sources: ["s1"] }],
    owners: [{ key: "o1", name: "B", organisation: "b", role: "owner", share_pct: 60, sources: ["s1"] }],
    capacities: [{ key: "c1", product: "cells", value: 5, unit: "GWh/y", basis: "planned", note: "In two phases.", sources: ["s1"] }],
    sources: [{ id: "s1", url: "https://example.org/a", title: "Old" }, { id: "s3", url: "https://example.org/b", title: "Other" }],
  },
};
const SOURCE = { "source-url": "https://example.org/new", "source-title": "New", "source-type": "news", "source-publisher": "", "source-published": "", "source-archived": "" };
const STAGE = { status: "construction", "status-date": "2026-05", "status-basis": "happened", "status-summary": "" };
const TICKS = { expected: false, ownerGone: false };

/** @param {import("../../web/static/add/correction.js").Part[]} parts @param {Record<string, string>} fields */
const corrected = (parts, fields, ticks = TICKS) => correctionOf(BEFORE, { ...fieldsOf(BEFORE), "location-note": "", ...SOURCE, ...fields }, new Set(parts), ticks);

test("a stage is an event more, which rests on the new source", () => {
  const { feature, placed } = corrected(["stage"], STAGE);
  const { events, sources, ...others } = feature.properties;
  const { events: before, sources: known, ...same } = BEFORE.properties;
  assert.deepEqual(others, same);
  assert.deepEqual(events.slice(0, 1), before);
  assert.deepEqual(sources.slice(0, 2), known);
  assert.equal(sources[2].id, "s4");
  assert.deepEqual([events[1].status, events[1].summary, events[1].sources], ["construction", "New", ["s4"]]);
  assert.equal(inTheForm("/properties/events/1/date", placed), "/properties/events/0/date");
  assert.equal(inTheForm("/properties/sources/2/url", placed), "/properties/sources/0/url");
  assert.equal(inTheForm("/properties/name", placed), "/properties/name");
});

test("an owner keeps its key, and an organisation as long as it is called so", () => {
  const said = { "owner-which": "0", "owner-name": "B", "owner-role": "operator", "owner-share": "" };
  assert.deepEqual(corrected(["owner"], said).feature.properties.owners, [{ key: "o1", name: "B", organisation: "b", role: "operator", sources: ["s4"] }]);
  const [renamed] = corrected(["owner"], { ...said, "owner-name": "C" }).feature.properties.owners;
  assert.equal("organisation" in renamed, false);
  assert.equal(corrected(["owner"], { ...said, "owner-which": "" }).feature.properties.owners.length, 2);
  assert.equal("owners" in corrected(["owner"], said, { ...TICKS, ownerGone: true }).feature.properties, false);
});

test("a figure keeps what was not asked about", () => {
  const said = { "capacity-which": "0", "capacity-value": "7,5", "capacity-unit": "GWh/y", "capacity-product": "cells", "capacity-basis": "planned" };
  const [figure] = corrected(["capacity"], said).feature.properties.capacities;
  assert.deepEqual([figure.value, figure.note, figure.sources], [7.5, "In two phases.", ["s4"]]);
});

test("a place is said anew, without the words about the former one", () => {
  const { geometry, properties } = corrected(["place"], { accuracy: "site", lat: "-20.5", lon: "-66.8", radius: "" }).feature;
  assert.deepEqual(geometry, { type: "Point", coordinates: [-66.8, -20.5] });
  assert.deepEqual([properties.location_accuracy, properties.location_sources], ["site", ["s4"]]);
  assert.equal("location_note" in properties || "location_radius_km" in properties, false);
  assert.equal(corrected(["place"], { accuracy: "country" }).feature.geometry, null);
});

test("the record that is there is not touched", () => {
  const whole = JSON.stringify(BEFORE);
  corrected(["stage", "owner", "capacity", "place", "name"], { ...STAGE, "owner-which": "0", "owner-name": "C", "owner-role": "owner", "owner-share": "1", "capacity-which": "0", "capacity-value": "1", "capacity-unit": "t/y", "capacity-product": "cells", "capacity-basis": "actual" });
  assert.equal(JSON.stringify(BEFORE), whole);
});
