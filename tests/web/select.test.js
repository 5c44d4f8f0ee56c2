// Which projects are meant, how many each choice would show, and how things stood: against plain loops over rows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NONE, firstDay, isoDate, lastDay } from "../../web/static/base/asof.js";
import { EVERYTHING, clicked, isFiltered, unfiltered } from "../../web/static/find/choices.js";
import { mostFirst } from "../../web/static/find/ranked.js";
import { codesOf, select, startYears } from "../../web/static/find/select.js";
import { growingBins, yearBins } from "../../web/static/find/span.js";
import { expectedStarts, monthsBetween, series } from "../../web/static/time/months.js";
import { CODES, datasetOf, dice } from "./columns.js";

const DAYS = ["2019-05-01", "2020-01-01", "2021-06-15", "2022-12-31", "2024-03-26"];

/** @param {(below: number) => number} die @param {string[]} from */
const any = (die, from) => from[die(from.length)];

/** @param {number} seed */
function madeUp(seed) {
  const die = dice(seed);
  return datasetOf(
    Array.from({ length: 60 }, (_none, i) => ({
      name: any(die, ["Salar Norte", "Gigafactory Sur", "Planta"]) + ` ${i}`,
      kind: any(die, CODES.kind),
      country: any(die, ["BO", "CL", "HU"]),
      region: any(die, ["", "Potosí", "Atacama"]),
      accuracy: any(die, CODES.location_accuracy),
      owners: [[any(die, ["ylb", "sqm"]), "Y"], [any(die, ["rosatom", "catl"]), "R"]],
      steps: DAYS.slice(die(3), 3 + die(3)).map((day) => ({
        day,
        status: any(die, CODES.status),
        capacity: die(2) ? 1 + die(1000) : undefined,
        measure: any(die, CODES.measure),
        planned: any(die, ["", "2025", "2027-03"]),
        actual: any(die, ["", "", "2022-12-31"]),
        stale: any(die, ["2023-01-01", ""]),
      })),
    })),
  );
}

/** What every dimension says of a row, by the row alone. @param {import("../../web/static/base/row.js").Row} row @param {any} dataset */
function saysOf(row, dataset) {
  const { told } = dataset;
  const owners = told.owner.values.subarray(told.owner.starts[row.index], told.owner.starts[row.index + 1]);
  return {
    status: [row.status.code],
    kind: [row.kind.code],
    country: [row.country],
    region: [row.region],
    owner: Array.from(owners, (/** @type {number} */ at) => told.organisations[at].id),
    location_accuracy: [row.accuracy.code],
    status_stale: [String(row.isStale)],
    source_type: ["company"],
  };
}

/** @param {any} dataset @param {any} choices @param {string} [but] a dimension that does not count */
function plainly(dataset, choices, but = "") {
  const rows = Array.from({ length: dataset.size }, (_none, i) => dataset.row(i)).filter((row) => dataset.now.there[row.index]);
  return rows.filter((row) => {
    const says = saysOf(row, dataset);
    const passes = Object.entries(says).every(([name, codes]) => name === but || !choices[name] || codes.some((code) => choices[name].has(code)));
    const measure = choices.capacity_measure === null || row.capacity?.measure.code === choices.capacity_measure;
    const [low, high] = choices.capacity ?? [-Infinity, Infinity];
    const capacity = choices.capacity === null || (row.capacity !== null && row.capacity.amount >= low && row.capacity.amount <= high);
    const year = Number((row.start.actual || (row.start.by ? "" : row.start.planned)).slice(0, 4));
    const start = choices.start_year === null || (year >= choices.start_year[0] && year <= choices.start_year[1]);
    return passes && measure && capacity && start && row.name.toLowerCase().includes(choices.q);
  });
}

for (let seed = 1; seed <= 40; seed += 1) {
  test(`a selection is what a loop over the rows finds (${seed})`, () => {
    const dataset = madeUp(seed);
    const die = dice(seed * 77);
    dataset.setDate(any(die, ["", "2020", "2021-06", "2023-01-01"]) || null);
    const choices = {
      ...EVERYTHING,
      status: die(2) ? new Set([any(die, CODES.status), any(die, CODES.status), "operating"]) : null,
      kind: die(3) ? null : new Set([any(die, CODES.kind)]),
      country: die(3) ? null : new Set(["BO", "XX"]),
      region: die(4) ? null : new Set(["Potosí"]),
      owner: die(3) ? null : new Set(["ylb"]),
      status_stale: die(4) ? null : new Set(["true"]),
      capacity_measure: die(4) ? null : "cells",
      capacity: die(4) ? null : /** @type {[number, number]} */ ([100, Infinity]),
      start_year: die(4) ? null : /** @type {[number, number]} */ ([2022, 2025]),
      q: die(3) ? "" : "salar",
    };
    const found = select(dataset, choices);
    assert.deepEqual([...found.rows], plainly(dataset, choices).map(({ index }) => index));
    for (const name of /** @type {const} */ (["status", "kind", "country", "region", "owner", "status_stale"])) {
      const others = plainly(dataset, choices, name);
      codesOf(dataset, name).forEach((code, at) => {
        const plain = others.filter((row) => saysOf(row, dataset)[name].includes(code)).length;
        assert.equal(found.counts[name][at], plain, `${name} ${code}`);
      });
    }
  });
}

test("a click on an untouched group means only this, another adds, again takes out, and none left is all", () => {
  const one = clicked(null, ["a"]);
  const two = clicked(one, ["b"]);
  assert.deepEqual([one, two, clicked(two, ["a"])], [new Set(["a"]), new Set(["a", "b"]), new Set(["b"])]);
  assert.equal(clicked(one, ["a"]), null);
  assert.deepEqual(clicked(new Set(["a"]), ["a", "b"]), new Set(["a", "b"]), "a group that is half chosen is chosen whole");
});

test("without filters nothing is filtered, and what else was chosen stays", () => {
  const choices = { ...EVERYTHING, q: "x", kind: new Set(["a"]), tab: /** @type {const} */ ("list"), record: "bo-a", as_of: "2024" };
  assert.equal(isFiltered(choices), true);
  assert.deepEqual(unfiltered(choices), { ...EVERYTHING, tab: "list", record: "bo-a", as_of: "2024" });
});

test("a day, a month and a year end when they end", () => {
  assert.deepEqual(["2024-02", "2024", "2023-02-05"].map((date) => isoDate(lastDay(date))), ["2024-02-29", "2024-12-31", "2023-02-05"]);
  assert.deepEqual(["2024-02", "2024"].map((date) => isoDate(firstDay(date))), ["2024-02-01", "2024-01-01"]);
});

test("on a day a project is what its last step until then says, and is not there before the first", () => {
  const dataset = datasetOf([
    { steps: [{ day: "2020-03-01", status: "announced" }, { day: "2022-07-01", status: "construction", capacity: 40 }] },
  ]);
  const on = (/** @type {string | null} */ date) => {
    dataset.setDate(date);
    return [dataset.now.there[0], CODES.status[dataset.now.status[0]], dataset.now.measure[0] === NONE];
  };
  assert.deepEqual(on("2020-02"), [0, "unknown", true]);
  assert.deepEqual(on("2020-03"), [1, "announced", true]);
  assert.deepEqual(on("2022"), [1, "construction", false]);
  assert.deepEqual(on(null), [1, "construction", false]);
});

test("a project begins with its first event, whatever was told of it before; one without events was always there", () => {
  const steps = [{ day: "2020-03-01", status: "unknown" }, { day: "2022-07-01", status: "construction" }];
  const dataset = datasetOf([{ steps, begins: "2022-07-01" }, { steps, begins: null }]);
  const there = ["2019", "2021", "2022"].map((date) => {
    dataset.setDate(date);
    return [...dataset.now.there].join();
  });
  assert.deepEqual(there, ["0,1", "0,1", "1,1"]);
});

test("a start is the year in which it began, or is planned where it has not operated", () => {
  const steps = [{ actual: "2021-05", planned: "2020" }, { planned: "2027" }, { by: "2023", planned: "2022" }, {}];
  assert.deepEqual([...startYears(datasetOf(steps.map((step) => ({ steps: [step] }))))], [2021, 2027, 0, 0]);
});

for (let seed = 1; seed <= 10; seed += 1) {
  test(`each month counts the projects at each group of stages at its end (${seed})`, () => {
    const dataset = madeUp(seed);
    const rows = Uint32Array.from({ length: dataset.size }, (_none, i) => i);
    const found = series(dataset, rows, "2019-01", "2024-06");
    found.months.forEach((month, m) => {
      dataset.setDate(month);
      const groups = CODES.status_group.map((group) => plainly(dataset, EVERYTHING).filter((row) => row.status.group === group).length);
      assert.deepEqual(found.counts.map((count) => count[m]), groups, month);
    });
  });
}

test("what owners expect is counted by year, without what has operated or was due before", () => {
  const steps = [{ planned: "2027" }, { planned: "2027-05" }, { planned: "2020" }, { planned: "2028", actual: "2026" }];
  const dataset = datasetOf(steps.map((step) => ({ steps: [step] })));
  assert.deepEqual([...expectedStarts(dataset, Uint32Array.of(0, 1, 2, 3), 2026)], [[2027, 2]]);
});

test("months lie between two, both included", () => {
  assert.deepEqual(monthsBetween("2023-11", "2024-02"), ["2023-11", "2023-12", "2024-01", "2024-02"]);
});

test("every capacity lies in one bin, and bins grow", () => {
  const values = [0.5, 1, 3, 9, 10, 99, 100, 2500, NaN, 0];
  const bins = growingBins(values);
  assert.equal(bins.reduce((sum, { count }) => sum + count, 0), 8);
  bins.forEach(({ from, to }, i) => assert.ok(to > from && (i === 0 || from === bins[i - 1].to)));
  assert.deepEqual(growingBins([]), []);
});

test("years before the last forty are in the first bin", () => {
  const bins = yearBins([1960, 1990, 2029, 2029, 0]);
  assert.equal(bins.length, 40);
  assert.deepEqual([bins[0], bins[39]], [{ from: 1960, to: 1990, count: 2 }, { from: 2029, to: 2029, count: 2 }]);
});

test("of many the chosen come first, then the most frequent, and what none has is left out", () => {
  const codes = ["a", "b", "c", "d"];
  const order = mostFirst(codes, Uint32Array.of(1, 0, 5, 3), new Set(["a"]), [], (code) => code);
  assert.deepEqual(order.map((at) => codes[at]), ["a", "c", "d"]);
  assert.deepEqual(mostFirst(codes, Uint32Array.of(1, 1, 1, 1), null, ["c"], (code) => code), [2]);
});
