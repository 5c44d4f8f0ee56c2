// From where to where? A histogram of what there is, and two fields.

import { el, fill, svg } from "../base/dom.js";
import { say } from "../base/texts.js";

/** @typedef {import("./choices.js").Span} Span */
/** How many rows lie between `from` and `to`. @typedef {{from: number, to: number, count: number}} Bin */

const HEIGHT = 40;

/**
 * @param {{name: string, title: string, choose: (span: Span | null) => void, step?: number}} options
 */
export function spanFilter({ name, title, choose, step }) {
  const bars = el("div", { class: "histogram", "aria-hidden": "true" });
  const low = field("low", say("find.at_least"));
  const high = field("high", say("find.at_most"));

  /** @param {string} end @param {string} label */
  function field(end, label) {
    return el("input", {
      type: "number",
      id: `${name}-${end}`,
      step: step ?? "any",
      min: 0,
      inputmode: "decimal",
      "aria-label": `${title}: ${label}`,
      placeholder: label,
      onchange: () => read(),
    });
  }

  function read() {
    const from = low.value === "" ? -Infinity : Number(low.value);
    const to = high.value === "" ? Infinity : Number(high.value);
    if (Number.isNaN(from) || Number.isNaN(to)) return;
    const isOpen = from === -Infinity && to === Infinity;
    choose(isOpen ? null : from <= to ? [from, to] : [to, from]);
  }

  return {
    element: el("div", { class: `span span-${name}`, role: "group", "aria-label": title }, bars, el("div", { class: "ends" }, low, high)),
    /** @param {Bin[]} bins @param {Span | null} chosen */
    update(bins, chosen) {
      fill(bars, histogram(bins, chosen, choose));
      show(low, chosen?.[0]);
      show(high, chosen?.[1]);
    },
  };
}

/** @param {HTMLInputElement} input @param {number | undefined} value */
function show(input, value) {
  const text = value === undefined || !Number.isFinite(value) ? "" : String(value);
  if (input.value !== text && document.activeElement !== input) input.value = text;
}

/** @param {Bin[]} bins @param {Span | null} chosen @param {(span: Span) => void} choose */
function histogram(bins, chosen, choose) {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const width = 100 / Math.max(1, bins.length);
  const bars = bins.map(({ from, to, count }, i) => {
    const isIn = chosen === null || (to > chosen[0] && from <= chosen[1]);
    const height = count === 0 ? 0 : Math.max(2, (HEIGHT * count) / most);
    const bar = svg("rect", {
      x: i * width,
      y: HEIGHT - height,
      width: width * 0.86,
      height,
      class: isIn ? "in" : "out",
    });
    const hit = svg("rect", { x: i * width, y: 0, width, height: HEIGHT, class: "hit", onclick: () => choose([from, to]) });
    return svg("g", {}, bar, hit);
  });
  return svg("svg", { viewBox: `0 0 100 ${HEIGHT}`, preserveAspectRatio: "none" }, ...bars);
}

/**
 * Bins that grow by a factor, as capacities do: three of them a power of ten. @param {Iterable<number>} values @returns {Bin[]}
 */
export function growingBins(values) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const value of values) {
    if (!(value > 0)) continue;
    const at = Math.floor(Math.log10(value) * 3 + 1e-9);
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  const places = [...counts.keys()];
  const [first, last] = [Math.min(...places), Math.max(...places)];
  return Array.from({ length: places.length ? last - first + 1 : 0 }, (_none, i) => ({
    from: rounded(10 ** ((first + i) / 3)),
    to: rounded(10 ** ((first + i + 1) / 3)),
    count: counts.get(first + i) ?? 0,
  }));
}

/** One bin a year, at most forty of them: older ones are in the first. @param {Iterable<number>} years @returns {Bin[]} */
export function yearBins(years) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const year of years) if (year > 0) counts.set(year, (counts.get(year) ?? 0) + 1);
  const known = [...counts.keys()].sort((a, b) => a - b);
  if (known.length === 0) return [];
  const last = known[known.length - 1];
  const first = Math.max(known[0], last - 39);
  return Array.from({ length: last - first + 1 }, (_none, i) => {
    const year = first + i;
    const older = i === 0 ? known.filter((each) => each < first) : [];
    const count = [year, ...older].reduce((sum, each) => sum + (counts.get(each) ?? 0), 0);
    return { from: i === 0 ? known[0] : year, to: year, count };
  });
}

/** @param {number} value */
function rounded(value) {
  return Number(value.toPrecision(2));
}
