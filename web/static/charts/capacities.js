// How much capacity has each country, and at which stage?

import { scaleLinear } from "d3-scale";
import { svg } from "../base/dom.js";
import { numberText, say } from "../base/texts.js";
import { amountText, exact, roundText } from "../find/amounts.js";
import { sharesOf } from "../find/sums.js";
import { line } from "./axes.js";
import { drawing } from "./figure.js";
import { legend, marked, patterns } from "./marks.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../base/dataset.js").Term} Term */
/** @typedef {import("../find/sums.js").Share} Share */
/** @typedef {import("./marks.js").Mark} Mark */
/** A country's sums by the order of `PARTS`; country -1 are all others. @typedef {{country: number, sums: Float64Array, rows: number}} Bar */

/** What a bar is made of, from its beginning. @type {readonly {share: Share, mark: Mark}[]} */
export const PARTS = [
  { share: "built", mark: "operating" },
  { share: "as_planned", mark: "as_planned" },
  { share: "building", mark: "building" },
  { share: "planned", mark: "planned" },
  { share: "paused", mark: "paused" },
  { share: "ended", mark: "ended" },
  { share: "apart", mark: "unknown" },
];
const MOST = 15;
const BAR = 26; // from one bar to the next
const LETTER = 7;
const LONGEST_NAME = 150;

/**
 * The countries with most capacity, and all others together.
 * @param {Dataset} dataset @param {Uint32Array} rows @param {string} measure @returns {Bar[]}
 */
export function capacityByCountry(dataset, rows, measure) {
  const wanted = dataset.codes.measure.indexOf(measure);
  const shareOf = sharesOf(dataset);
  const { now, country } = dataset;
  /** @type {Map<number, Bar>} */
  const bars = new Map();
  for (const i of rows) {
    if (now.measure[i] !== wanted || Number.isNaN(now.capacity[i])) continue;
    const share = shareOf(i);
    const bar = bars.get(country[i]) ?? { country: country[i], sums: new Float64Array(PARTS.length), rows: 0 };
    bars.set(country[i], bar);
    bar.sums[PARTS.findIndex((part) => part.share === share)] += now.capacity[i];
    bar.rows += 1;
  }
  const sorted = [...bars.values()].sort((a, b) => total(b) - total(a));
  return sorted.length <= MOST + 1 ? sorted : [...sorted.slice(0, MOST), together(sorted.slice(MOST))];
}

/** @param {Bar} bar */
function total({ sums }) {
  return sums.reduce((sum, each) => sum + each, 0);
}

/** @param {Bar[]} bars @returns {Bar} */
function together(bars) {
  const sums = Float64Array.from(PARTS, (_part, at) => bars.reduce((sum, bar) => sum + bar.sums[at], 0));
  return { country: -1, sums, rows: bars.reduce((count, bar) => count + bar.rows, 0) };
}

/**
 * @param {Dataset} dataset @param {Uint32Array} rows @param {Term | null} measure null where no row states a capacity
 * @returns {import("./figure.js").Picture}
 */
export function capacitiesPicture(dataset, rows, measure) {
  const bars = measure === null ? [] : capacityByCountry(dataset, rows, measure.code);
  if (measure === null || bars.length === 0)
    return { title: say("charts.capacities_none"), draw: null, notes: [], tables: [] };
  const nameOf = (/** @type {Bar} */ { country }) =>
    country < 0 ? say("charts.other_countries") : dataset.countryName(dataset.codes.country[country]);
  const [first] = bars;
  const title = say("charts.capacities_title", {
    label: measure.label,
    country: nameOf(first),
    amount: amountText(measure, total(first)),
    built: roundText(first.sums[0]),
  });
  const entries = PARTS.map(({ mark, share }, at) => ({ mark, label: say(`charts.share_${share}`), at }));
  return {
    title,
    legend: legend(
      "capacities",
      entries.filter(({ at }) => bars.some(({ sums }) => sums[at] > 0)),
    ),
    draw: (width) => draw(title, bars, nameOf, measure, width),
    notes: [say("charts.capacities_note", { count: bars.reduce((count, bar) => count + bar.rows, 0) })],
    tables: [{ summary: say("charts.as_table"), make: () => tableOf(bars, nameOf, measure) }],
  };
}

/** @param {Bar[]} bars @param {(bar: Bar) => string} nameOf @param {Term} measure */
function tableOf(bars, nameOf, measure) {
  const labels = PARTS.map(({ share }) => say(`charts.share_${share}`));
  return {
    heads: [say("charts.country_in", { unit: measure.unit ?? "" }), ...labels, say("charts.stating")],
    rows: bars.map((bar) => [nameOf(bar), ...Array.from(bar.sums, exact), bar.rows]),
  };
}

/** @param {string} title @param {Bar[]} bars @param {(bar: Bar) => string} nameOf @param {Term} measure @param {number} width */
function draw(title, bars, nameOf, measure, width) {
  const names = bars.map(nameOf);
  const room = Math.min(LONGEST_NAME, width * 0.34, 12 + LETTER * Math.max(...names.map((name) => name.length)));
  const most = Math.max(...bars.map(total));
  const [top, bottom] = [20, 24 + bars.length * BAR];
  const x = scaleLinear([0, most], [room, width - 20]);
  const ticks = x.ticks(Math.max(2, Math.floor((width - room) / 90)));
  const lines = ticks.flatMap((value) => [
    line(x(value), top, x(value), bottom),
    svg("text", { x: x(value), y: 12, "text-anchor": "middle" }, numberText(value)),
  ]);
  const height = bottom + 24;
  return drawing(
    title,
    width,
    height,
    patterns("capacities"),
    svg(
      "g",
      { class: "axis" },
      ...lines,
      svg("text", { x: width - 4, y: height - 6, "text-anchor": "end" }, measure.unit ?? ""),
    ),
    ...bars.map((bar, k) => barOf(bar, names[k], top + 4 + k * BAR, room, x)),
  );
}

/** @param {Bar} bar @param {string} name @param {number} y @param {number} room @param {(sum: number) => number} x */
function barOf({ sums }, name, y, room, x) {
  let sum = 0;
  const parts = PARTS.map(({ mark }, at) => {
    const from = x(sum);
    sum += sums[at];
    const width = x(sum) - from;
    return width > 0 ? marked("capacities", mark, "rect", { x: from, y, width, height: BAR - 8 }) : null;
  });
  const fits = Math.floor((room - 10) / LETTER);
  const shown = name.length > fits ? `${name.slice(0, fits - 1)}…` : name;
  const label = svg("text", { x: room - 6, y: y + 13, "text-anchor": "end" }, shown, svg("title", {}, name));
  return svg("g", { class: "label" }, label, ...parts);
}
