// What can the reader choose? One list of dimensions; address, filters, facets and downloads follow from it.

/**
 * A choice among codes: `several` where a row can have more than one of them. Its name is that of the API's parameter.
 * @typedef {{name: Dimension, vocabulary: string, several: boolean}} DimensionInfo
 */
/** @typedef {"status" | "kind" | "country" | "region" | "owner" | "location_accuracy" | "status_stale" | "source_type"} Dimension */
/** From the first to the second, both included; infinite where it is open. @typedef {[number, number]} Span */
/** @typedef {"map" | "list" | "charts" | "changes" | "compare"} Tab */
/**
 * The reader's choices; null stands for "all". `record` is the id of the open record, `as_of` a date of reduced precision.
 * @typedef {object} Choices
 * @property {Codes} status
 * @property {Codes} kind
 * @property {Codes} country
 * @property {Codes} region
 * @property {Codes} owner
 * @property {Codes} location_accuracy
 * @property {Codes} status_stale
 * @property {Codes} source_type
 * @property {string | null} capacity_measure
 * @property {Span | null} capacity
 * @property {Span | null} start_year
 * @property {string} q
 * @property {string | null} as_of
 * @property {string | null} record
 * @property {Tab} tab
 * @property {readonly string[]} compare ids of records side by side
 * @property {Readonly<Record<string, string>>} view what views and the base keep in the address, by their own names
 */
/** @typedef {ReadonlySet<string> | null} Codes */

/** @type {readonly DimensionInfo[]} */
export const DIMENSIONS = [
  { name: "status", vocabulary: "status", several: false },
  { name: "kind", vocabulary: "kind", several: false },
  { name: "country", vocabulary: "country", several: false },
  { name: "region", vocabulary: "region", several: false },
  { name: "owner", vocabulary: "owner", several: true },
  { name: "location_accuracy", vocabulary: "location_accuracy", several: false },
  { name: "status_stale", vocabulary: "status_stale", several: false },
  { name: "source_type", vocabulary: "source_type", several: true },
];

/** @type {readonly ("capacity" | "start_year")[]} */
export const SPANS = ["capacity", "start_year"];

/** @type {readonly Tab[]} */
export const TABS = ["map", "list", "charts", "changes", "compare"];

export const MOST_COMPARED = 4;

/** What views and the base keep in the address: columns and order of the list, the base, its overlays, a period, a chart. */
export const VIEW_NAMES = ["cols", "sort", "base", "layers", "from", "to", "measure", "of"];

/** @type {Readonly<Choices>} */
export const EVERYTHING = {
  status: null,
  kind: null,
  country: null,
  region: null,
  owner: null,
  location_accuracy: null,
  status_stale: null,
  source_type: null,
  capacity_measure: null,
  capacity: null,
  start_year: null,
  q: "",
  as_of: null,
  record: null,
  tab: "map",
  compare: [],
  view: {},
};

/** The names of those that filter. */
export const FILTERS = /** @type {const} */ ([...DIMENSIONS.map(({ name }) => name), "capacity_measure", ...SPANS, "q"]);

/** @param {Choices} choices */
export function isFiltered(choices) {
  return FILTERS.some((name) => choices[name] !== EVERYTHING[name]);
}

/** The choices without any filter. @param {Choices} choices @returns {Choices} */
export function unfiltered(choices) {
  return { ...choices, ...Object.fromEntries(FILTERS.map((name) => [name, EVERYTHING[name]])) };
}

/**
 * A click: nothing chosen yet means only this; another adds; a chosen one is taken out, the last of them means all again.
 * @param {Codes} chosen @param {readonly string[]} codes one, or those of a group @returns {Codes}
 */
export function clicked(chosen, codes) {
  const next = new Set(chosen);
  const all = codes.every((code) => next.has(code));
  for (const code of codes) {
    if (all) next.delete(code);
    else next.add(code);
  }
  return next.size === 0 ? null : next;
}
