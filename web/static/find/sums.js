// How much do projects come to together? Within a unit family only, and a plan never stands in for what is built.

import { say } from "../base/texts.js";
import { NONE } from "../base/asof.js";
import { amountText, roundText } from "./amounts.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {"planned" | "building" | "built" | "as_planned" | "paused" | "ended" | "apart"} Share */
/** @typedef {{sum: number, rows: number}} Sum */
/**
 * The sums of one unit family, and how many rows state a capacity in it. `as_planned` are those that operate and of which
 * only the planned size is known, `apart` whatever else fits nowhere.
 * @typedef {{measure: string, rows: number} & Record<Share, Sum>} Sums
 */

/** @type {readonly Share[]} */
export const SHARES = ["planned", "building", "built", "as_planned", "paused", "ended", "apart"];
const SAID = /** @type {const} */ (["planned", "building", "built"]);
const MOST_FAMILIES = 2;
const LEAST_PART = 0.1; // of the rows that state a capacity, for a family to be named

/** What was found last of a selection: headline, list and charts ask for the same. @type {WeakMap<Uint32Array, {now: object, sums: Sums[]}>} */
const known = new WeakMap();

/** The families that the rows state capacities in, that of most rows first. @param {Dataset} dataset @param {Uint32Array} rows */
export function sumsOf(dataset, rows) {
  const found = known.get(rows);
  if (found?.now === dataset.now) return found.sums;
  const sums = addedUp(dataset, rows);
  known.set(rows, { now: dataset.now, sums });
  return sums;
}

/** @param {Dataset} dataset @param {Uint32Array} rows */
function addedUp(dataset, rows) {
  const { capacity, measure } = dataset.now;
  const shareOf = sharesOf(dataset);
  const sums = dataset.codes.measure.map(noSums);
  for (const i of rows) {
    if (Number.isNaN(capacity[i]) || measure[i] === NONE) continue;
    const family = sums[measure[i]];
    const share = family[shareOf(i)];
    family.rows += 1;
    share.rows += 1;
    share.sum += capacity[i];
  }
  return sums.filter(({ rows: count }) => count > 0).sort((a, b) => b.rows - a.rows);
}

/** @param {string} measure @returns {Sums} */
function noSums(measure) {
  const none = Object.fromEntries(SHARES.map((share) => [share, { sum: 0, rows: 0 }]));
  return { measure, rows: 0, .../** @type {Record<Share, Sum>} */ (none) };
}

/** Which share a row's capacity belongs to. @param {Dataset} dataset @returns {(i: number) => Share} */
export function sharesOf(dataset) {
  const { status, capacityBasis } = dataset.now;
  const groups = dataset.codes.status.map((code) => dataset.termOf("status", code).group);
  const actual = dataset.codes.capacity_basis.indexOf("actual");
  const planned = groups.map((group) => shareOf(group, false));
  const built = groups.map((group) => shareOf(group, true));
  return (i) => (capacityBasis[i] === actual ? built : planned)[status[i]] ?? "apart";
}

/** @param {string} group @param {boolean} isBuilt @returns {Share} */
function shareOf(group, isBuilt) {
  if (group === "paused" || group === "ended") return group;
  if (group === "operating") return isBuilt ? "built" : "as_planned";
  return !isBuilt && (group === "planned" || group === "building") ? group : "apart";
}

/**
 * The sums in one sentence, of the families that most of the rows belong to; "" where none states a capacity.
 * @param {Dataset} dataset @param {Uint32Array} rows
 */
export function sumsText(dataset, rows) {
  const sums = sumsOf(dataset, rows);
  const stating = stated(sums);
  const named = sums.slice(0, MOST_FAMILIES).filter((family, i) => i === 0 || family.rows >= stating * LEAST_PART);
  const said = named.map((family) => familyText(dataset, family)).filter(Boolean);
  if (said.length === 0) return "";
  return say("list.sums", {
    sums: said.reduce((before, next) => say("list.sums_more", { before, next })),
    count: stating,
  });
}

/** How many rows state a capacity. @param {Sums[]} sums */
export function stated(sums) {
  return sums.reduce((count, { rows }) => count + rows, 0);
}

/** `Cells: 1,020 GWh a year planned, 310 being built`; what no row states is not said. @param {Dataset} dataset @param {Sums} family */
function familyText(dataset, family) {
  const measure = dataset.termOf("measure", family.measure);
  const said = SAID.filter((share) => family[share].rows > 0);
  if (said.length === 0) return "";
  const texts = said.map((share, i) => {
    const { sum } = family[share];
    return [share, i === 0 ? amountText(measure, sum) : roundText(sum)];
  });
  return say(`list.sum_${said.join("_")}`, { label: measure.label, ...Object.fromEntries(texts) });
}

/** What the sentence leaves out; "" where that is nothing. @param {Dataset} dataset @param {Uint32Array} rows */
export function leftOutText(dataset, rows) {
  const sums = sumsOf(dataset, rows);
  const count = (/** @type {Share} */ share) => sums.reduce((all, family) => all + family[share].rows, 0);
  const asPlanned = count("as_planned");
  return asPlanned === 0 ? "" : say("list.as_planned", { count: asPlanned });
}
