// Which projects are shown, and how many would be for each choice?

import { isPlaceless } from "../base/snapshot.js";
import { has } from "../base/fold.js";

/** @typedef {import("../base/snapshot.js").Row} Row */
/** @typedef {import("../base/snapshot.js").Dataset} Dataset */
/** @typedef {"status" | "kind" | "country"} Dimension */
/**
 * The reader's choices; null stands for "all". `record` is the id of the open record.
 * @typedef {object} Choices
 * @property {ReadonlySet<string> | null} status
 * @property {ReadonlySet<string> | null} kind
 * @property {ReadonlySet<string> | null} country
 * @property {string} q
 * @property {string | null} record
 * @property {"map" | "list" | "unplaced"} tab
 */
/**
 * `counts` holds for every dimension how many projects pass all other filters, by code.
 * @typedef {{rows: Row[], counts: Record<Dimension, Map<string, number>>}} Selection
 */

/** @type {readonly Dimension[]} */
export const DIMENSIONS = ["status", "kind", "country"];

/** @type {Readonly<Choices>} */
export const EVERYTHING = { status: null, kind: null, country: null, q: "", record: null, tab: "map" };

/** @param {Row} row @param {Dimension} dimension */
export function codeOf(row, dimension) {
  return dimension === "country" ? row.country : row[dimension].code;
}

/** @param {Pick<Dataset, "rows" | "folding">} dataset @param {Choices} choices @returns {Selection} */
export function select({ rows, folding }, choices) {
  const asked = folding.asked(choices.q);
  /** @type {Selection} */
  const selection = { rows: [], counts: { status: new Map(), kind: new Map(), country: new Map() } };
  for (const row of rows) {
    if (!has(asked, row.search)) continue;
    const failing = DIMENSIONS.filter((dimension) => !passes(row, dimension, choices));
    if (failing.length === 0) selection.rows.push(row);
    for (const dimension of DIMENSIONS) {
      if (failing.every((other) => other === dimension)) count(selection.counts[dimension], codeOf(row, dimension));
    }
  }
  return selection;
}

/** @param {Row} row @param {Dimension} dimension @param {Choices} choices */
function passes(row, dimension, choices) {
  const chosen = choices[dimension];
  return chosen === null || chosen.has(codeOf(row, dimension));
}

/** @param {Map<string, number>} counts @param {string} code */
function count(counts, code) {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}

/**
 * Switches one code on or off. All of them on, or none left, is "all" again; one that is not among them is dropped.
 * @param {ReadonlySet<string> | null} chosen @param {string} code @param {readonly string[]} all
 * @returns {ReadonlySet<string> | null}
 */
export function toggled(chosen, code, all) {
  const next = new Set([...(chosen ?? all)].filter((each) => all.includes(each)));
  if (!next.delete(code)) next.add(code);
  return next.size === 0 || all.every((each) => next.has(each)) ? null : next;
}

/** @param {Choices} choices */
export function isFiltered(choices) {
  return choices.q !== "" || DIMENSIONS.some((dimension) => choices[dimension] !== null);
}

/** @param {Row[]} rows */
export function unplaced(rows) {
  return rows.filter(isPlaceless);
}
