// How does what was announced look beside what is real?

import { area, line as lineOf } from "d3-shape";
import { scaleLinear } from "d3-scale";
import { el, svg } from "../base/dom.js";
import { shownDay } from "../base/asof.js";
import { dateText, say } from "../base/texts.js";
import { amountText, exact, roundText } from "../find/amounts.js";
import { line, numberAxis, numberRoom, spread, yearAxis } from "./axes.js";
import { drawing } from "./figure.js";
import { marked, patterns } from "./marks.js";
import { dueBy, promised } from "./promises.js";
import { scopeName, within } from "./scope.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../base/dataset.js").Term} Term */
/** @typedef {import("./promises.js").Series} Series */
/** @typedef {import("./promises.js").Due} Due */
/** @typedef {import("./scope.js").Scope} Scope */
/** @typedef {Exclude<keyof Series, "years">} Name */

const HEIGHTS = { promises: 270, all: 230 };
const LABEL_ROOM = 122;
const MOST_IN_TABLE = 25;
const NAMES = /** @type {Name[]} */ (["promised", "planned", "kept", "built", "as_planned", "given_up"]);
const OUTCOMES = /** @type {const} */ (["all", "running", "given_up", "open"]);

/**
 * @param {Dataset} dataset @param {Uint32Array} selected @param {Term | null} measure @param {Scope} scope
 * @returns {import("./figure.js").Picture}
 */
export function announcedPicture(dataset, selected, measure, scope) {
  const rows = within(dataset, selected, scope);
  const { series, due, pledges } = promised(dataset, rows, measure?.code ?? "");
  if (measure === null || pledges.length === 0)
    return { title: say("charts.announced_none"), draw: null, notes: [], tables: [] };
  const title = titleOf(dataset, measure, due);
  return {
    title: scope ? say("charts.of_scope", { scope: scopeName(dataset, scope), sentence: title }) : title,
    draw: (width) => draw(title, series, measure, width),
    notes: [say("charts.announced_method", { count: pledges.length }), say("charts.announced_limits")],
    tables: [
      { summary: say("charts.as_table"), make: () => seriesTable(series, measure) },
      { summary: say("charts.by_country"), make: () => dueTable(dataset, pledges, measure, "country") },
      { summary: say("charts.by_organisation"), make: () => dueTable(dataset, pledges, measure, "owner") },
    ],
  };
}

/** @param {Dataset} dataset @param {Term} measure @param {Due} due */
function titleOf(dataset, measure, { all, running, given_up, open }) {
  if (all.rows === 0) return say("charts.announced_nothing_due");
  const day = new Date(shownDay(dataset.now) * 86_400_000).toISOString().slice(0, 10);
  return say("charts.announced_title", {
    label: measure.label,
    date: dateText(day),
    amount: amountText(measure, all.sum),
    count: all.rows,
    running: roundText(running.sum),
    given_up: roundText(given_up.sum),
    open: roundText(open.sum),
  });
}

/** @param {Series} series @param {Term} measure */
function seriesTable(series, measure) {
  const heads = [
    say("charts.year_in", { unit: measure.unit ?? "" }),
    ...NAMES.map((name) => say(`charts.series_${name}`)),
  ];
  const rows = series.years.map((year, k) => [String(year), ...NAMES.map((name) => cell(series[name][k]))]);
  return { heads, rows };
}

/** @param {number | null} amount */
function cell(amount) {
  return amount === null ? "" : exact(amount);
}

/** @param {Dataset} dataset @param {import("./promises.js").Pledge[]} pledges @param {Term} measure @param {"country" | "owner"} dimension */
function dueTable(dataset, pledges, measure, dimension) {
  const nameOf = (/** @type {number} */ at) =>
    dimension === "country" ? dataset.countryName(dataset.codes.country[at]) : dataset.told.organisations[at].name;
  const unit = measure.unit ?? "";
  return {
    heads: [
      say("charts.due_in", { unit }),
      ...OUTCOMES.map((name) => say(`charts.due_${name}`)),
      say("charts.due_projects"),
    ],
    rows: dueBy(dataset, pledges, dimension, MOST_IN_TABLE).map(({ at, due }) => [
      nameOf(at),
      ...OUTCOMES.map((name) => exact(due[name].sum)),
      due.all.rows,
    ]),
  };
}

/**
 * Two drawings over the same years: like is beside like in each. @param {string} title @param {Series} series
 * @param {Term} measure @param {number} width
 */
function draw(title, series, measure, width) {
  const unit = measure.unit ?? "";
  const zero = series.kept.map((value) => (value === null ? null : 0));
  const running = series.as_planned.map((value, k) => (value === null ? null : value + Number(series.built[k])));
  return el(
    "div",
    {},
    el("p", { class: "chart-part" }, say("charts.with_plan")),
    part(title, "promises", series.years, unit, width, {
      lines: [
        { name: "promised", values: series.promised },
        { name: "planned", values: series.planned },
      ],
      areas: [{ name: "kept", mark: "operating", lows: zero, highs: series.kept }],
    }),
    el("p", { class: "chart-part" }, say("charts.with_or_without_plan")),
    part(title, "all", series.years, unit, width, {
      lines: [{ name: "given_up", values: series.given_up }],
      areas: [
        { name: "built", mark: "operating", lows: zero, highs: series.built },
        { name: "as_planned", mark: "as_planned", lows: series.built, highs: running },
      ],
    }),
  );
}

/** @typedef {{name: Name, values: (number | null)[]}} Line */
/** @typedef {{name: Name, mark: import("./marks.js").Mark, lows: (number | null)[], highs: (number | null)[]}} Area */

/**
 * @param {string} title @param {"promises" | "all"} name @param {number[]} years @param {string} unit @param {number} width
 * @param {{lines: Line[], areas: Area[]}} shapes
 */
function part(title, name, years, unit, width, { lines, areas }) {
  const height = HEIGHTS[name];
  const most = Math.max(
    1e-9,
    ...lines.flatMap(({ values }) => values).map(Number),
    ...areas.flatMap(({ highs }) => highs).map(Number),
  );
  const frame = { left: numberRoom(most), right: width - LABEL_ROOM, top: 26, bottom: height - 28 };
  const x = scaleLinear([years[0], Math.max(years[0] + 1, years[years.length - 1])], [frame.left, frame.right]);
  const y = scaleLinear([0, most], [frame.bottom, frame.top]);
  const shown = areas.filter(({ lows, highs }) => highs.some((high, k) => high !== lows[k]));
  const middles = shown.map((each) => ({ name: each.name, values: middlesOf(each) }));
  return drawing(
    title,
    width,
    height,
    patterns(name),
    numberAxis(y, frame, unit),
    ...shown.map(({ mark, lows, highs }) => marked(name, mark, "path", { d: between(lows, highs, years, x, y) })),
    ...lines.map((each) => svg("path", { class: "series halo", d: along(each.values, years, x, y) })),
    ...lines.map((each) => svg("path", { class: `series series-${each.name}`, d: along(each.values, years, x, y) })),
    yearAxis(x, frame),
    ...endLabels([...lines, ...middles], years, x, y, frame),
  );
}

/** @param {Area} area */
function middlesOf({ lows, highs }) {
  return highs.map((high, k) => (high === null ? null : (high + Number(lows[k])) / 2));
}

/** @typedef {(value: number) => number} Place */

/** @param {(number | null)[]} values @param {number[]} years @param {Place} x @param {Place} y */
function along(values, years, x, y) {
  const points = values.map((value, k) => ({ year: years[k], value }));
  const shape = /** @type {import("d3-shape").Line<{year: number, value: number | null}>} */ (
    /** @type {unknown} */ (lineOf())
  );
  return shape
    .defined(({ value }) => value !== null)
    .x(({ year }) => x(year))
    .y(({ value }) => y(Number(value)))(points);
}

/** @param {(number | null)[]} lows @param {(number | null)[]} highs @param {number[]} years @param {Place} x @param {Place} y */
function between(lows, highs, years, x, y) {
  const points = highs.map((high, k) => ({ year: years[k], low: lows[k], high }));
  const shape = /** @type {import("d3-shape").Area<{year: number, low: number | null, high: number | null}>} */ (
    /** @type {unknown} */ (area())
  );
  return shape
    .defined(({ high }) => high !== null)
    .x(({ year }) => x(year))
    .y0(({ low }) => y(Number(low)))
    .y1(({ high }) => y(Number(high)))(points);
}

/**
 * What each line and area is, beside its end. @param {Line[]} ends @param {number[]} years
 * @param {Place} x @param {Place} y @param {import("./axes.js").Frame} frame
 */
function endLabels(ends, years, x, y, frame) {
  const found = ends.map(({ name, values }) => {
    const last = values.filter((value) => value !== null).length - 1; // only the end of a line can be missing
    return { name, x: x(years[last]), y: y(Number(values[last])) };
  });
  found.sort((a, b) => a.y - b.y);
  const places = spread(
    found.map((each) => each.y),
    18,
    frame.bottom,
  );
  return found.map(({ name, x: at, y: height }, k) =>
    svg(
      "g",
      { class: "label" },
      line(at, height, frame.right + 8, places[k]),
      svg("text", { x: frame.right + 11, y: places[k] + 4 }, say(`charts.label_${name}`)),
    ),
  );
}
