// What the list says of a project, and which columns the address asks for.

import assert from "node:assert/strict";
import { test } from "node:test";

import { lastDay } from "../../web/static/base/asof.js";
import { COLUMNS, columnsText, readColumns, sinceText, textOf } from "../../web/static/views/columns.js";
import { datasetOf } from "./columns.js";
import { speak } from "./speaking.js";

speak("en", "list");

const DAY = lastDay("2026-11-26");
const said = (project, column) => textOf(datasetOf([project]).row(0), column, DAY).replaceAll("\u00a0", " ");
const step = (values) => ({ steps: [values] });

test("a capacity says its unit and whether it is planned or built", () => {
  assert.equal(said(step({ capacity: 20 }), "capacity"), "20 GWh a year, planned");
  assert.equal(
    said(step({ capacity: 25_000.5, measure: "lce", built: true }), "capacity"),
    "25,000.5 t LCE a year, built",
  );
  assert.equal(said(step({}), "capacity"), "");
});

test("a date of the stage says no more than its basis allows", () => {
  const since = (values) => sinceText(datasetOf([step(values)]).row(0)).replaceAll("\u00a0", " ");
  assert.equal(since({ since: "2025-11-12", basis: "happened" }), "since 12 Nov 2025");
  assert.equal(since({ since: "2025-11-12", basis: "reported" }), "reported 12 Nov 2025");
  assert.equal(since({ since: "2025", basis: "snapshot" }), "in a database by 2025");
  assert.equal(since({}), "");
});

test("a start is a start only where one is stated", () => {
  assert.equal(said(step({ actual: "2023-12-15", by: "2024", planned: "2023" }), "start"), "started 15 Dec 2023");
  assert.equal(said(step({ by: "2024-02", planned: "2023" }), "start"), "operating by Feb 2024");
  assert.equal(said(step({ planned: "2027" }), "start"), "planned 2027");
  assert.equal(said(step({ planned: "2026" }), "start"), "planned 2026", "the year is not over");
  assert.equal(said(step({ planned: "2025-10" }), "start"), "planned Oct 2025, passed");
  assert.equal(said(step({}), "start"), "");
});

test("a place says how well it is known", () => {
  assert.equal(said({ region: "Potosí", accuracy: "locality" }, "place"), "Potosí, Bolivia · Locality");
  assert.equal(said({ country: "HU", accuracy: "country" }, "place"), "Hungary · Country");
});

test("what was not confirmed for long says so beside its newest source", () => {
  assert.equal(
    said(step({ newest: "2021-03", stale: "2023-03-31" }), "freshness"),
    "Mar 2021, not confirmed for over 24 months",
  );
  assert.equal(said(step({ newest: "2026-03" }), "freshness"), "Mar 2026");
});

test("columns in the address are read back in the list's own order; the name is always there", () => {
  assert.deepEqual(readColumns("sources,capacity,volcano"), ["name", "capacity", "sources"]);
  assert.deepEqual(readColumns("name"), ["name"]);
  for (const nothing of [undefined, "", "volcano"])
    assert.equal(readColumns(nothing).join(), "name,kind,stage,capacity,country,owner,start");
  assert.equal(columnsText(readColumns(undefined)), "");
  assert.equal(columnsText(["sources", "name"]), "name,sources");
  assert.deepEqual(readColumns(columnsText(COLUMNS)), COLUMNS);
});
