// Which projects are meant, and how many would be for each choice? One pass over columns.

import { DIMENSIONS } from "./choices.js";
import { search } from "./words.js";
import { lastDay, today } from "../base/asof.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {import("./choices.js").Dimension} Dimension */
/** A row's codes as positions: one each, or several. @typedef {{at: ArrayLike<number>} | import("../base/dataset.js").Several} Positions */
/**
 * `counts` holds for every dimension how many rows pass all other filters, by position of the code; `spans` likewise the
 * rows that pass all but capacity, and all but the start year.
 * @typedef {object} Selection
 * @property {Uint32Array} rows
 * @property {Record<Dimension, Uint32Array>} counts
 * @property {{capacity: Uint32Array, start_year: Uint32Array}} spans
 */

const CAPACITY = 1 << DIMENSIONS.length;
const START = CAPACITY << 1;
const WORDS = START << 1;
const MEASURE = WORDS << 1;

/** The codes of a dimension by position. @param {Dataset} dataset @param {Dimension} name @returns {readonly string[]} */
export function codesOf(dataset, name) {
  if (name === "status_stale") return ["false", "true"];
  if (name === "region") return dataset.isTold ? dataset.told.regions : [];
  if (name === "owner") return dataset.isTold ? dataset.told.organisations.map(({ id }) => id) : [];
  return dataset.codes[name];
}

/** @param {Dataset} dataset @param {Choices} choices @returns {Selection} */
export function select(dataset, choices) {
  const fails = new Uint16Array(dataset.size);
  DIMENSIONS.forEach(({ name }, bit) => {
    const chosen = choices[name];
    if (chosen === null || !usable(dataset, name)) return;
    markCodes(fails, 1 << bit, positionsOf(dataset, name), lookup(codesOf(dataset, name), chosen));
  });
  markMeasure(fails, dataset, choices);
  markStart(fails, dataset, choices);
  markWords(fails, dataset, choices.q);
  return counted(dataset, fails);
}

/** Before the rest is there, only what is drawn can be filtered. @param {Dataset} dataset @param {Dimension} name */
function usable(dataset, name) {
  return dataset.isTold || ["status", "kind", "country", "location_accuracy"].includes(name);
}

/** @param {Dataset} dataset @param {Dimension} name @param {import("../base/asof.js").Now} [now] the state that is meant @returns {Positions} */
export function positionsOf(dataset, name, now = dataset.now) {
  if (name === "status") return { at: now.status };
  if (name === "kind") return { at: dataset.kind };
  if (name === "country") return { at: dataset.country };
  if (name === "location_accuracy") return { at: dataset.accuracy };
  if (name === "region") return { at: dataset.told.region };
  if (name === "status_stale") return { at: staleness(dataset, now) };
  return name === "owner" ? dataset.told.owner : sourceTypes(dataset);
}

/** @param {Dataset} dataset @param {import("../base/asof.js").Now} now */
function staleness(dataset, { date, step }) {
  const { staleFrom } = dataset.told.steps;
  const day = date === null ? today() : lastDay(date);
  const stale = new Uint8Array(dataset.size);
  for (let i = 0; i < stale.length; i += 1) stale[i] = Number(staleFrom[step ? step[i] : 0] <= day);
  return stale;
}

/** @type {WeakMap<Uint16Array, import("../base/dataset.js").Several>} */
const typesOfSources = new WeakMap();

/** Bits as lists of positions. @param {Dataset} dataset */
function sourceTypes(dataset) {
  const { sourceTypes: bits } = dataset.told;
  const known = typesOfSources.get(bits);
  if (known) return known;
  const values = [];
  const starts = new Uint32Array(bits.length + 1);
  for (let i = 0; i < bits.length; i += 1) {
    for (let rest = bits[i], at = 0; rest; rest >>= 1, at += 1) if (rest & 1) values.push(at);
    starts[i + 1] = values.length;
  }
  const several = { starts, values: Uint16Array.from(values) };
  typesOfSources.set(bits, several);
  return several;
}

/** @param {readonly string[]} codes @param {ReadonlySet<string>} chosen one for the codes that are chosen */
function lookup(codes, chosen) {
  return Uint8Array.from([...codes, ""], (code) => Number(chosen.has(code)));
}

/** @param {Uint16Array} fails @param {number} bit @param {Positions} positions @param {Uint8Array} passes by position */
function markCodes(fails, bit, positions, passes) {
  if ("at" in positions) {
    const { at } = positions;
    for (let i = 0; i < fails.length; i += 1) if (!passes[at[i]]) fails[i] |= bit;
    return;
  }
  const { starts, values } = positions;
  for (let i = 0; i < fails.length; i += 1) {
    let any = 0;
    for (let k = starts[i]; k < starts[i + 1]; k += 1) any |= passes[values[k]];
    if (!any) fails[i] |= bit;
  }
}

/** @param {Uint16Array} fails @param {Dataset} dataset @param {Choices} choices */
function markMeasure(fails, dataset, choices) {
  const { capacity, measure } = dataset.now;
  if (choices.capacity_measure !== null) {
    const wanted = dataset.codes.measure.indexOf(choices.capacity_measure);
    for (let i = 0; i < fails.length; i += 1) if (measure[i] !== wanted) fails[i] |= MEASURE;
  }
  if (choices.capacity === null) return;
  const [low, high] = choices.capacity;
  for (let i = 0; i < fails.length; i += 1) if (!(capacity[i] >= low && capacity[i] <= high)) fails[i] |= CAPACITY;
}

/** @param {Uint16Array} fails @param {Dataset} dataset @param {Choices} choices */
function markStart(fails, dataset, choices) {
  if (choices.start_year === null || !dataset.isTold) return;
  const [low, high] = choices.start_year;
  const years = startYears(dataset);
  for (let i = 0; i < fails.length; i += 1) if (!(years[i] >= low && years[i] <= high)) fails[i] |= START;
}

/** The year of the start, or of the plan where it has not operated; 0 where there is none. @param {Dataset} dataset */
export function startYears(dataset) {
  const { steps, dates } = dataset.told;
  const { step } = dataset.now;
  const yearOf = Uint16Array.from(dates, (date) => Number(date.slice(0, 4)));
  const years = new Uint16Array(dataset.size);
  for (let i = 0; i < years.length; i += 1) {
    const at = step ? step[i] : 0;
    if (steps.actual[at]) years[i] = yearOf[steps.actual[at]];
    else if (!steps.by[at]) years[i] = yearOf[steps.planned[at]];
  }
  return years;
}

/** @param {Uint16Array} fails @param {Dataset} dataset @param {string} typed */
function markWords(fails, dataset, typed) {
  if (!typed || !dataset.isTold) return;
  const found = search(dataset, typed);
  if (found) for (let i = 0; i < fails.length; i += 1) if (!found[i]) fails[i] |= WORDS;
}

/**
 * Only the rows at once: what is counted besides is counted when it is asked for, of the state that was shown.
 * @param {Dataset} dataset @param {Uint16Array} fails @returns {Selection}
 */
function counted(dataset, fails) {
  const { now } = dataset;
  const { there } = now;
  const counts = /** @type {Record<Dimension, Uint32Array>} */ ({});
  DIMENSIONS.forEach(({ name }, bit) =>
    later(counts, name, () => {
      const found = new Uint32Array(codesOf(dataset, name).length + 1);
      if (usable(dataset, name)) countCodes(found, fails, there, 1 << bit, positionsOf(dataset, name, now));
      return found;
    }),
  );
  const spans = /** @type {Selection["spans"]} */ ({});
  later(spans, "capacity", () => rowsThatFail(fails, there, CAPACITY));
  later(spans, "start_year", () => rowsThatFail(fails, there, START));
  return { rows: rowsThatFail(fails, there, 0), counts, spans };
}

/** A property that is found when it is first asked for. @param {object} owner @param {string} name @param {() => Uint32Array} find */
function later(owner, name, find) {
  /** @type {Uint32Array | null} */
  let found = null;
  Object.defineProperty(owner, name, { enumerable: true, get: () => (found ??= find()) });
}

/** @param {Uint32Array} counts @param {Uint16Array} fails @param {Uint8Array} there @param {number} bit @param {Positions} positions */
function countCodes(counts, fails, there, bit, positions) {
  const others = ~bit;
  if ("at" in positions) {
    const { at } = positions;
    for (let i = 0; i < fails.length; i += 1) if (!(fails[i] & others) && there[i]) counts[at[i]] += 1;
    return;
  }
  const { starts, values } = positions;
  for (let i = 0; i < fails.length; i += 1) {
    if (fails[i] & others || !there[i]) continue;
    for (let k = starts[i]; k < starts[i + 1]; k += 1) counts[values[k]] += 1;
  }
}

/** The rows that pass all filters but one. @param {Uint16Array} fails @param {Uint8Array} there @param {number} bit */
function rowsThatFail(fails, there, bit) {
  const rows = new Uint32Array(fails.length);
  let count = 0;
  for (let i = 0; i < fails.length; i += 1) if ((fails[i] === 0 || fails[i] === bit) && there[i]) rows[count++] = i;
  return rows.subarray(0, count);
}

