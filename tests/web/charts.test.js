// What charts add up, each against a plain loop.

import assert from "node:assert/strict";
import { test } from "node:test";

import { firstDay, lastDay } from "../../web/static/base/asof.js";
import { PARTS, capacityByCountry } from "../../web/static/charts/capacities.js";
import { spread } from "../../web/static/charts/axes.js";
import { dueBy, promised } from "../../web/static/charts/promises.js";
import { readScope, within } from "../../web/static/charts/scope.js";
import { GROUPS, stagesByMonth } from "../../web/static/charts/stages.js";
import { daysLate, overdue, startedOf } from "../../web/static/charts/starts.js";
import { CODES, WORDS, allRows, datasetOf, dice } from "./columns.js";

const GROUP_OF = Object.fromEntries(WORDS.vocabularies.status.map(({ code, group }) => [code, group]));

/** Projects with several steps, plans and starts. */
function some(count, seed) {
  const roll = dice(seed);
  const pick = (list) => list[roll(list.length)];
  const date = () => pick(["", `20${10 + roll(25)}`, `20${10 + roll(25)}-0${1 + roll(9)}`]);
  return Array.from({ length: count }, () => {
    const plans = Array.from({ length: roll(3) }, date).filter(Boolean);
    const state = () => ({
      status: pick(CODES.status),
      since: date(),
      planned: plans.length ? [...plans].sort().at(-1) : "",
      actual: roll(4) ? "" : date(),
      by: roll(4) ? "" : date(),
      capacity: roll(4) ? 1 + roll(30) : undefined,
      measure: pick(CODES.measure),
      built: roll(2) === 1,
    });
    const days = [
      ...new Set(Array.from({ length: 1 + roll(3) }, () => `20${10 + roll(16)}-0${1 + roll(9)}-1${roll(9)}`)),
    ].sort();
    return {
      country: pick(["BO", "CL", "HU"]),
      owners: roll(3)
        ? [
            [`o-${roll(5)}`, "name"],
            [`parent-${roll(2)}`, "parent"],
          ]
        : [],
      plans,
      steps: [...days.map((day) => ({ day, ...state() })), ...(roll(9) ? [] : [{ day: null, ...state() }])],
    };
  });
}

test("stages of a month are those of the last step by its end", () => {
  const projects = some(300, 11);
  const dataset = datasetOf(projects);
  const { first, counts } = stagesByMonth(dataset, allRows(dataset));
  assert.ok(counts.length > 24);
  for (let m = 0; m < counts.length - 1; m += 5) {
    const [year, month] = [Math.floor((first + m) / 12), ((first + m) % 12) + 1];
    const end = lastDay(`${year}-${String(month).padStart(2, "0")}`);
    const plain = GROUPS.map(() => 0);
    for (const { steps } of projects) {
      const reached = steps.filter(({ day }) => day !== null && lastDay(day) <= end).at(-1);
      if (reached) plain[GROUPS.indexOf(GROUP_OF[reached.status])] += 1;
    }
    assert.deepEqual([...counts[m]], plain, `${year}-${month}`);
  }
});

test("stages end with the day that is shown, and rows without a dated step are counted apart", () => {
  const dataset = datasetOf([
    {
      steps: [
        { day: "2020-03-01", status: "announced" },
        { day: "2022-05-01", status: "operating" },
      ],
    },
    { steps: [{ day: null, status: "construction" }] },
  ]);
  dataset.setDate("2021-02");
  const { first, counts, undated } = stagesByMonth(dataset, allRows(dataset));
  assert.equal(first, 2020 * 12 + 2);
  assert.equal(counts.length, 12);
  assert.deepEqual([...counts[11]], [0, 0, 1, 0, 0, 0]);
  assert.equal(undated, 1);
  assert.deepEqual(
    stagesByMonth(datasetOf([]), new Uint32Array(0)).counts.flatMap((each) => [...each]),
    [0, 0, 0, 0, 0, 0],
  );
});

test("capacities are added up by country and by what they are", () => {
  const projects = some(500, 12);
  const dataset = datasetOf(projects);
  const bars = capacityByCountry(dataset, allRows(dataset), "cells");
  const shown = Object.fromEntries(bars.map(({ country, sums }) => [dataset.codes.country[country], [...sums]]));
  const plain = {};
  for (const { country, steps } of projects) {
    const { status, capacity, measure, built } = steps.at(-1);
    const group = GROUP_OF[status];
    const share = group === "operating" ? (built ? "built" : "as_planned") : group;
    const at = PARTS.findIndex((part) => part.share === share);
    const isApart = at < 0 || (built && (group === "planned" || group === "building"));
    if (!capacity || measure !== "cells") continue;
    (plain[country] ??= PARTS.map(() => 0))[isApart ? PARTS.length - 1 : at] += capacity;
  }
  assert.deepEqual(shown, plain);
  const totals = bars.map(({ sums }) => sums.reduce((a, b) => a + b, 0));
  assert.deepEqual(
    totals,
    [...totals].sort((a, b) => b - a),
  );
});

/** A project's years, as the chart's method says them. */
function plainYears({ plans, steps }) {
  const { status, since, actual, by, capacity, built } = steps.at(-1);
  const year = (date) => Number((date || "0").slice(0, 4));
  const ran = year(actual || by);
  const before = ran ? steps.filter(({ day }) => day !== null && lastDay(day) <= lastDay(actual || by)) : steps;
  const planned = before.at(-1)?.planned ?? "";
  const stopped = !ran && ["paused", "ended"].includes(GROUP_OF[status]);
  const first = planned ? plans[0] : "";
  return {
    first: year(first),
    firstDate: first,
    latest: year(planned),
    ran,
    stopped,
    gaveUp: stopped ? year(since) : 0,
    capacity,
    built,
  };
}

test("what was promised, is planned, was built and given up, year by year", () => {
  const projects = some(600, 13);
  const dataset = datasetOf(projects);
  dataset.setDate(null);
  const rows = allRows(dataset).filter((i) => i % 4 > 0);
  const { series, due } = promised(dataset, rows, "cells");
  const own = [...rows]
    .map((i) => projects[i])
    .filter(({ steps }) => steps.at(-1).capacity && steps.at(-1).measure === "cells");
  const thisYear = new Date().getUTCFullYear();
  const sum = (chosen) =>
    own
      .map(plainYears)
      .filter(chosen)
      .reduce((all, { capacity }) => all + capacity, 0);
  const upTo = (value, year) => value > 0 && value <= year;
  series.years.forEach((year, k) => {
    assert.equal(
      series.promised[k],
      sum(({ first }) => upTo(first, year)),
    );
    assert.equal(
      series.planned[k],
      sum(({ latest, stopped }) => !stopped && upTo(latest, year)),
    );
    const past = (value) => (year <= thisYear ? value : null);
    assert.equal(series.kept[k], past(sum(({ first, ran }) => first > 0 && upTo(ran, year))));
    assert.equal(series.built[k], past(sum(({ ran, built }) => built && upTo(ran, year))));
    assert.equal(series.as_planned[k], past(sum(({ ran, built }) => !built && upTo(ran, year))));
    assert.equal(series.given_up[k], past(sum(({ gaveUp }) => upTo(gaveUp, year))));
  });
  const today = Math.floor(Date.now() / 86_400_000);
  const isDue = ({ firstDate }) => firstDate !== "" && lastDay(firstDate) < today;
  assert.equal(due.all.sum, sum(isDue));
  assert.equal(
    due.running.sum,
    sum((each) => isDue(each) && each.ran > 0),
  );
  assert.equal(
    due.given_up.sum,
    sum((each) => isDue(each) && each.stopped),
  );
  assert.equal(due.running.rows + due.given_up.rows + due.open.rows, due.all.rows);
});

test("what became of promises is told by country once, and at each party and its holders", () => {
  const dataset = datasetOf([
    {
      country: "HU",
      owners: [
        ["a", "A"],
        ["b", "B"],
      ],
      plans: ["2020"],
      steps: [{ planned: "2020", capacity: 5 }],
    },
    {
      country: "CL",
      owners: [["b", "B"]],
      plans: ["2021"],
      steps: [{ planned: "2021", capacity: 7, actual: "2022", status: "operating" }],
    },
    { country: "CL", plans: ["2099"], steps: [{ planned: "2099", capacity: 90 }] },
  ]);
  const { pledges } = promised(dataset, allRows(dataset), "cells");
  const told = (dimension) =>
    dueBy(dataset, pledges, dimension, 9).map(({ at, due }) => [at, due.all.sum, due.running.sum, due.open.sum]);
  assert.deepEqual(told("country"), [
    [0, 7, 7, 0],
    [1, 5, 0, 5],
  ]);
  assert.deepEqual(told("owner"), [
    [1, 12, 7, 5],
    [0, 5, 0, 5],
  ]);
});

test("a start is late only when the whole of what was planned is over", () => {
  assert.equal(daysLate("2023", "2023-12-15"), 0);
  assert.equal(daysLate("2023", "2023"), 0);
  assert.equal(daysLate("2023-10", "2023-12-15"), firstDay("2023-12-15") - lastDay("2023-10-31"));
  assert.equal(daysLate("2023-10", "2023"), 0, "that year may mean October");
  assert.equal(daysLate("2024-06", "2024-03-01"), firstDay("2024-03-01") - firstDay("2024-06-01"));
});

test("only starts that had been planned before they came are compared; what is overdue is still planned or being built", () => {
  const dataset = datasetOf([
    {
      plans: ["2022", "2023-10"],
      steps: [{ status: "operating", planned: "2023-10", actual: "2023-12-15", by: "2023-12-15" }],
    },
    { plans: ["2022"], steps: [{ status: "operating", planned: "2022", by: "2024" }] },
    { steps: [{ status: "operating", actual: "2020" }] },
    {
      plans: ["2025"],
      steps: [
        { status: "operating", actual: "2020" },
        { day: "2023-01-01", status: "operating", actual: "2020", planned: "2025" },
      ],
    },
    { plans: ["2022"], steps: [{ status: "construction", planned: "2022" }] },
    { plans: ["2022"], steps: [{ status: "cancelled", planned: "2022" }] },
    { plans: ["2099"], steps: [{ status: "construction", planned: "2099" }] },
  ]);
  const found = startedOf(dataset, allRows(dataset)).map(({ index, plan, latest, start, isStart }) => [
    index,
    plan,
    latest,
    start,
    isStart,
  ]);
  assert.deepEqual(found, [
    [0, "2022", "2023-10", "2023-12-15", true],
    [1, "2022", "2022", "2024", false],
  ]);
  assert.equal(overdue(dataset, allRows(dataset)), 1);
});

test("a scope leaves one country, or one organisation with its holdings", () => {
  const dataset = datasetOf([
    { country: "HU", owners: [["a", "A"]] },
    {
      country: "CL",
      owners: [
        ["b", "B"],
        ["a", "A"],
      ],
    },
    { country: "CL" },
  ]);
  const rows = allRows(dataset);
  assert.deepEqual([...within(dataset, rows, readScope("country:CL"))], [1, 2]);
  assert.deepEqual([...within(dataset, rows, readScope("owner:a"))], [0, 1]);
  assert.deepEqual([...within(dataset, rows, readScope("owner:nobody"))], []);
  for (const odd of [undefined, "", "country", "kind:refinery", "country:"]) assert.equal(readScope(odd), null);
});

test("labels are moved apart and stay within the drawing", () => {
  assert.deepEqual(spread([10, 12, 50], 16, 100), [10, 26, 50]);
  assert.deepEqual(spread([90, 95, 99], 16, 100), [68, 84, 100]);
});

// ROWS=100000 tells what many cost.
const ROWS = Number(process.env.ROWS ?? 10_000);

test("very many rows (the times are printed, not held)", (context) => {
  const dataset = datasetOf(some(ROWS, 14));
  const rows = allRows(dataset);
  const timed = (name, work) => {
    const begin = performance.now();
    work();
    context.diagnostic(`${name}: ${(performance.now() - begin).toFixed(0)} ms`);
  };
  timed("stages", () => stagesByMonth(dataset, rows));
  timed("capacities", () => capacityByCountry(dataset, rows, "cells"));
  timed("announced", () => promised(dataset, rows, "cells"));
  timed("starts", () => startedOf(dataset, rows));
  timed("overdue", () => overdue(dataset, rows));
});
