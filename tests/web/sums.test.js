// How much projects come to together, and in which words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SHARES, leftOutText, sumsOf, sumsText } from "../../web/static/find/sums.js";
import { CODES, allRows, datasetOf, dice } from "./columns.js";
import { speak } from "./speaking.js";

speak("en", "list");

const project = (status, capacity, more = {}) => ({ steps: [{ status, capacity, ...more }] });

test("plans, building sites and what is built are added apart, family by family", () => {
  const dataset = datasetOf([
    project("announced", 20),
    project("study", 1.5),
    project("construction", 10),
    project("operating", 5, { built: true }),
    project("operating", 40),
    project("cancelled", 30),
    project("paused", 7, { built: true }),
    project("construction", 2, { built: true }),
    project("unknown", 1),
    project("announced", 25_000, { measure: "lce" }),
    project("announced"),
  ]);
  const [cells, lce] = sumsOf(dataset, allRows(dataset));
  assert.deepEqual(cells, {
    measure: "cells",
    rows: 9,
    planned: { sum: 21.5, rows: 2 },
    building: { sum: 10, rows: 1 },
    built: { sum: 5, rows: 1 },
    as_planned: { sum: 40, rows: 1 },
    paused: { sum: 7, rows: 1 },
    ended: { sum: 30, rows: 1 },
    apart: { sum: 3, rows: 2 },
  });
  assert.deepEqual([lce.measure, lce.rows, lce.planned], ["lce", 1, { sum: 25_000, rows: 1 }]);
});

test("every stated capacity is in exactly one share of its family", () => {
  const roll = dice(5);
  const pick = (list) => list[roll(list.length)];
  const projects = Array.from({ length: 2000 }, () =>
    project(pick(CODES.status), roll(3) ? 1 + roll(9) : undefined, {
      measure: pick(CODES.measure),
      built: roll(2) === 1,
    }),
  );
  const dataset = datasetOf(projects);
  const rows = allRows(dataset).filter((i) => i % 3 > 0);
  for (const family of sumsOf(dataset, rows)) {
    const stated = [...rows].map((i) => projects[i].steps[0]).filter((s) => s.capacity && s.measure === family.measure);
    assert.equal(family.rows, stated.length);
    assert.equal(
      SHARES.reduce((all, share) => all + family[share].rows, 0),
      stated.length,
    );
    assert.equal(
      SHARES.reduce((all, share) => all + family[share].sum, 0),
      stated.reduce((all, { capacity }) => all + capacity, 0),
    );
  }
});

test("the sums are said in one sentence, rounded, and say how many projects they rest on", () => {
  const dataset = datasetOf([
    project("announced", 1016.4),
    project("construction", 310),
    project("operating", 560.6, { built: true }),
    project("operating", 40),
    project("announced", 123_456, { measure: "lce" }),
    project("announced"),
  ]);
  assert.equal(
    sumsText(dataset, allRows(dataset)),
    "Cells: 1,020 GWh a year planned, 310 being built, 561 built; Lce: 123,000 t LCE a year planned. 5 projects state a capacity.",
  );
  assert.equal(
    leftOutText(dataset, allRows(dataset)),
    "Left out: 1 project that operates and of which only the planned size is known.",
  );
});

test("what no project states is not said, and nothing stated is no sentence", () => {
  const dataset = datasetOf([project("construction", 3), project("announced"), project("cancelled", 9)]);
  assert.equal(sumsText(dataset, Uint32Array.of(0)), "Cells: 3 GWh a year being built. 1 project states a capacity.");
  assert.equal(sumsText(dataset, Uint32Array.of(1)), "");
  assert.equal(sumsText(dataset, Uint32Array.of(2)), "", "only what was given up");
  assert.equal(leftOutText(dataset, allRows(dataset)), "");
});

test("numbers of many digits are said in short", () => {
  const dataset = datasetOf([project("announced", 2_700_000_000, { measure: "separator" })]);
  assert.match(sumsText(dataset, allRows(dataset)), /^Separator: 2.7bn m² a year planned/);
});
