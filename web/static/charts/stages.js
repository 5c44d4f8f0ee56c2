// How many projects were at which stage, month by month?

import { area, stack } from "d3-shape";
import { scaleLinear } from "d3-scale";
import { svg } from "../base/dom.js";
import { say } from "../base/texts.js";
import { shownDay } from "../base/asof.js";
import { drawing } from "./figure.js";
import { marked, patterns } from "./marks.js";
import { line, numberAxis, numberRoom, spread, yearAxis } from "./axes.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./marks.js").Mark} Mark */
/**
 * `counts[m][g]` are the rows whose stage at the end of month m was in group g of `GROUPS`; the last month ends with the day
 * that is shown. Months count from January of the year 0. `undated` rows have no dated step by then.
 * @typedef {{first: number, counts: Uint32Array[], undated: number}} Months
 */

/** From the bottom up. @type {readonly Mark[]} */
export const GROUPS = ["operating", "building", "planned", "paused", "ended", "unknown"];
const DRAWN_FROM = 0.02; // the part of all rows that must have begun for a month to be drawn: a few are very old
const HEIGHT = 320;
const LABEL_ROOM = 118;

/** @type {Map<number, number>} */
const months = new Map();

/** The same few thousand days are asked for again and again. @param {number} day in days from 1970 */
function monthOf(day) {
  let month = months.get(day);
  if (month === undefined) {
    const date = new Date(day * 86_400_000);
    months.set(day, (month = date.getUTCFullYear() * 12 + date.getUTCMonth()));
  }
  return month;
}

/** @param {Dataset} dataset told @param {Uint32Array} rows @returns {Months} */
export function stagesByMonth(dataset, rows) {
  const changes = changesOf(dataset, rows);
  const last = monthOf(shownDay(dataset.now));
  const first = Math.min(last, ...changes.keys());
  const counts = [];
  const now = new Uint32Array(GROUPS.length);
  for (let month = first; month <= last; month += 1) {
    changes.get(month)?.forEach((change, group) => (now[group] += change));
    counts.push(now.slice());
  }
  const begun = now.reduce((sum, count) => sum + count, 0);
  const early = counts.findIndex((each) => each.reduce((sum, count) => sum + count, 0) >= begun * DRAWN_FROM);
  return { first: first + early, counts: counts.slice(early), undated: rows.length - begun };
}

/** By how much each group grows in a month, by the month. @param {Dataset} dataset @param {Uint32Array} rows */
function changesOf(dataset, rows) {
  const { begins, steps } = dataset.told;
  const groups = groupPositions(dataset);
  const end = shownDay(dataset.now);
  /** @type {Map<number, Int32Array>} */
  const changes = new Map();
  for (const i of rows) {
    let former = -1;
    for (let at = steps.starts[i]; at < steps.starts[i + 1] && steps.day[at] <= end; at += 1) {
      const group = groups[steps.status[at]];
      if (group === former) continue;
      const month = monthOf(Math.max(steps.day[at], begins[i]));
      let change = changes.get(month);
      if (!change) changes.set(month, (change = new Int32Array(GROUPS.length)));
      change[group] += 1;
      if (former >= 0) change[former] -= 1;
      former = group;
    }
  }
  return changes;
}

/** @param {Dataset} dataset */
function groupPositions(dataset) {
  const unknown = GROUPS.indexOf("unknown");
  return Uint8Array.from(dataset.codes.status, (code) => {
    const at = GROUPS.indexOf(/** @type {Mark} */ (dataset.termOf("status", code).group));
    return at < 0 ? unknown : at;
  });
}

/** @param {Dataset} dataset @param {Uint32Array} rows @returns {import("./figure.js").Picture} */
export function stagesPicture(dataset, rows) {
  const found = stagesByMonth(dataset, rows);
  const labels = GROUPS.map((group) => dataset.termOf("status_group", group).label);
  const last = found.counts[found.counts.length - 1];
  const [operating, building, planned] = last ?? [0, 0, 0];
  const isEmpty = last === undefined || last.every((count) => count === 0);
  const title = isEmpty ? say("charts.stages_none") : say("charts.stages_title", { operating, building, planned });
  return {
    title,
    draw: isEmpty ? null : (width) => draw(title, found, labels, width),
    notes: [say("charts.stages_note"), found.undated > 0 ? say("charts.stages_undated", { count: found.undated }) : ""],
    tables: isEmpty ? [] : [{ summary: say("charts.as_table"), make: () => tableOf(found, labels) }],
  };
}

/** The state at the end of each year, and the last. @param {Months} months @param {string[]} labels */
function tableOf({ first, counts }, labels) {
  const rows = counts
    .map((each, m) => ({ month: first + m, each }))
    .filter(({ month }, m) => month % 12 === 11 || m === counts.length - 1)
    .map(({ month, each }) => [monthText(month), ...each]);
  return { heads: [say("charts.end_of"), ...labels], rows };
}

/** @param {number} month */
function monthText(month) {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
}

/** @param {string} title @param {Months} months @param {string[]} labels @param {number} width */
function draw(title, { first, counts }, labels, width) {
  const total = Math.max(...counts.map((each) => each.reduce((sum, count) => sum + count, 0)));
  const frame = { left: numberRoom(total), right: width - LABEL_ROOM, top: 26, bottom: HEIGHT - 28 };
  const x = scaleLinear([first / 12, (first + Math.max(1, counts.length - 1)) / 12], [frame.left, frame.right]);
  const y = scaleLinear([0, total], [frame.bottom, frame.top]);
  const keys = GROUPS.map((_group, at) => at);
  const stacked = /** @type {import("d3-shape").Stack<any, Uint32Array, number>} */ (/** @type {unknown} */ (stack()));
  const layers = stacked.keys(keys)(counts);
  const shape = /** @type {import("d3-shape").Area<[number, number]>} */ (area())
    .x((_each, m) => x((first + m) / 12))
    .y0(([low]) => y(low))
    .y1(([, high]) => y(high));
  const areas = layers.map((layer, at) =>
    marked("stages", GROUPS[at], "path", { d: shape(/** @type {any} */ (layer)) }),
  );
  const ends = layers.map((layer) => layer[layer.length - 1]);
  return drawing(
    title,
    width,
    HEIGHT,
    patterns("stages"),
    numberAxis(y, frame, say("charts.projects")),
    ...areas,
    yearAxis(x, frame),
    ...layerLabels(
      ends.map(([low, high]) => (y(low) + y(high)) / 2),
      counts[counts.length - 1],
      labels,
      frame,
    ),
  );
}

/**
 * What each layer is, beside its end. @param {number[]} middles @param {Uint32Array} last @param {string[]} labels
 * @param {import("./axes.js").Frame} frame
 */
function layerLabels(middles, last, labels, frame) {
  const shown = GROUPS.map((_group, at) => at)
    .filter((at) => last[at] > 0)
    .reverse();
  const places = spread(
    shown.map((at) => middles[at]),
    16,
    frame.bottom,
  );
  return shown.map((at, k) =>
    svg(
      "g",
      { class: "label" },
      line(frame.right, middles[at], frame.right + 10, places[k]),
      svg(
        "text",
        { x: frame.right + 13, y: places[k] + 4 },
        say("charts.labelled", { label: labels[at], count: last[at] }),
      ),
    ),
  );
}
