// Stages of a project over time, and what is said of several projects side by side.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NONE, firstDay, lastDay } from "../../web/static/base/asof.js";
import { setTexts } from "../../web/static/base/texts.js";
import { comparison } from "../../web/static/views/comparison.js";
import { axisOf, placeOf, slippage, stagesOf } from "../../web/static/views/stages.js";

const STATUS = ["announced", "construction", "operating"];
const BASIS = ["happened", "snapshot"];

/** One project's steps as (day, status, since, basis). @param {[string, string, string, string][]} steps @param {number} reached */
function dataset(steps, reached = steps.length - 1, date = /** @type {string | null} */ (null)) {
  const dates = ["", ...steps.map(([, , since]) => since)];
  const known = {
    starts: Uint32Array.from([0, steps.length]),
    day: Int32Array.from(steps, ([day]) => firstDay(day)),
    status: Uint8Array.from(steps, ([, status]) => STATUS.indexOf(status)),
    since: Uint16Array.from(steps, ([, , since]) => dates.indexOf(since)),
    sinceBasis: Uint8Array.from(steps, ([, , , basis]) => (basis ? BASIS.indexOf(basis) : NONE)),
  };
  const codes = { status: STATUS, status_date_basis: BASIS };
  return /** @type {any} */ ({
    now: { date, there: [1], step: [reached] },
    told: { steps: known, dates },
    term: (/** @type {"status"} */ name, /** @type {number} */ at) => ({ code: codes[name][at], label: codes[name][at], group: "" }),
  });
}

/** @param {any} data */
const told = (data) => stagesOf(data, 0).map(({ status, since }) => `${status.code} ${since}`);

test("a stage lasts from its date to the next one's; steps that repeat it add nothing", () => {
  const data = dataset([
    ["2022-03-01", "announced", "2022-03", "happened"],
    ["2022-09-01", "announced", "2022-03", "happened"],
    ["2024-05-02", "construction", "2024-05-02", "happened"],
  ]);
  assert.deepEqual(told(data), ["announced 2022-03", "construction 2024-05-02"]);
  const [first, second] = stagesOf(data, 0);
  assert.deepEqual([first.from, first.to], [firstDay("2022-03"), firstDay("2024-05-02")]);
  assert.equal(second.from, firstDay("2024-05-02"));
});

test("nothing is told that came after the date that is shown", () => {
  const data = dataset([["2022-03-01", "announced", "2022-03", "happened"], ["2024-05-02", "construction", "2024-05-02", ""]], 0, "2023");
  assert.deepEqual(told(data), ["announced 2022-03"]);
  assert.equal(stagesOf(data, 0)[0].to, lastDay("2023"));
});

test("a database that lagged behind is forgotten when the stage before it holds again", () => {
  const data = dataset([
    ["2020-01-01", "operating", "2020", "happened"],
    ["2021-01-01", "construction", "2021", "snapshot"],
    ["2022-01-01", "operating", "2020", "happened"],
  ]);
  assert.deepEqual(told(data), ["operating 2020"]);
});

test("stages without a date are not drawn, and no stage ends before it begins", () => {
  const data = dataset([["2020-01-01", "operating", "", ""], ["2021-05-01", "construction", "2021-05", "happened"], ["2021-06-01", "operating", "2021", "happened"]]);
  for (const { from, to } of stagesOf(data, 0)) assert.ok(from <= to);
  assert.deepEqual(told(data), ["construction 2021-05", "operating 2021"]);
});

test("an axis holds all stages and what is expected, with a few round years", () => {
  const stages = stagesOf(dataset([["1997-01-01", "operating", "1997", "happened"]], 0, "2025-06"), 0);
  const axis = axisOf([stages, []], ["2030"], lastDay("2025-06"));
  assert.ok(axis && axis.years.length <= 9 && axis.years.every((year) => year % 5 === 0));
  assert.ok(placeOf(axis, firstDay("1997")) > 0 && placeOf(axis, lastDay("2030")) < 1);
  assert.equal(axisOf([[]], ["2030"], 0), null);
});

test("a delay is told in months where both dates name one, else in years", () => {
  assert.deepEqual(slippage("2024-05", "2025-02-11"), { unit: "months", count: 9 });
  assert.deepEqual(slippage("2024-05", "2026-05"), { unit: "years", count: 2 });
  assert.deepEqual(slippage("2024", "2027-03"), { unit: "years", count: 3 });
  assert.deepEqual(slippage("2024-05", "2024-02"), { unit: "months", count: -3 });
  assert.deepEqual(slippage("2024", "2024-02"), { unit: "years", count: 0 });
});

/** @param {object} [given] @returns {any} */
function row(given) {
  const term = (/** @type {string} */ code) => ({ code, label: code });
  return {
    index: 0, status: term("announced"), kind: term("cell_factory"), accuracy: term("site"), countryName: "Bolivia", region: "", radius: NaN,
    since: "", sinceBasis: null, capacity: null, owners: "", start: { actual: "", by: "", planned: "" }, plans: [], newest: "", isStale: false, sources: 1,
    ...given,
  };
}

/** @param {string} measure @param {number} amount */
const capacity = (measure, amount) => ({ amount, measure: { code: measure, label: measure, unit: "u" }, basis: { code: "planned", label: "planned" } });

/** @param {any[]} rows @param {string} name */
function line(rows, name) {
  const found = comparison(dataset([["2020-01-01", "announced", "2020", ""]]), rows).find((each) => each.name === name);
  assert.ok(found);
  return found;
}

test("bars compare capacities of one measure only", () => {
  const rows = [row({ capacity: capacity("cells", 40) }), row({ capacity: capacity("cells", 10) }), row({ capacity: capacity("lce", 99) }), row()];
  assert.deepEqual(line(rows, "capacity").cells.map(({ bar }) => bar), [1, 0.25, null, null]);
  assert.equal(line(rows, "capacity").cells[3].quiet, true);
});

test("only what differs is marked, and never what always does", () => {
  const rows = [row({ sources: 1, countryName: "Chile" }), row({ sources: 2 })];
  assert.equal(line(rows, "place").differs, true);
  assert.equal(line(rows, "kind").differs, false);
  assert.equal(line(rows, "sources").differs, false);
});

test("a start says what was planned first, what is planned now and what came", () => {
  setTexts({ "compare.started": "Started {date}", "compare.first_planned": "First {date}", "compare.years_later": "{count} later", "compare.planned_start": "Planned {date}" }, "en");
  const began = row({ start: { actual: "2026", by: "", planned: "2025" }, plans: ["2023", "2025"] });
  const { text, notes } = line([began], "start").cells[0];
  assert.deepEqual([text, ...notes], ["Started 2026", "Planned 2025", "First 2023", "3 later"]);
});
