// How does a view look in the address, and back?

import { isoDate, lastDay } from "../base/asof.js";
import { DIMENSIONS, EVERYTHING, MOST_COMPARED, SPANS, TABS, VIEW_NAMES } from "./choices.js";

/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {import("./choices.js").Dimension} Dimension */
/** @typedef {{zoom: number, lat: number, lon: number}} View */
/** The codes that there are, and the statuses of each group. @typedef {{codes: Partial<Record<Dimension | "capacity_measure", readonly string[]>>, groups: Record<string, readonly string[]>}} Known */
/**
 * Something in an address that is not as the map writes it: a name that it does not know, or a code; `meant` is the code
 * that was taken for it. @typedef {{name: string, code: string | null, meant: string | null}} Odd
 */

const MOST_CODES = 300;
const MOST_LETTERS = 200;
/** What others append to addresses is no fault of whoever made the link. */
const FOREIGN = /^(utm_|fbclid$|gclid$|lang$|_)/;
const DATE = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;
const NAMES = [
  ...DIMENSIONS.map(({ name }) => name),
  "status_group",
  "capacity_measure",
  ...SPANS,
  "q",
  "as_of",
  "rec",
  "tab",
  "compare",
  ...VIEW_NAMES,
];

/**
 * Reads `#4/-20.1/-66.9?status=operating&rec=…`. A code that no project has is kept, so that nothing is shown rather
 * than everything; one that only differs in case is taken for the one it means.
 * @param {string} hash
 * @param {Known} known
 * @returns {{view: View | null, choices: Choices, odd: Odd[]}}
 */
export function read(hash, known) {
  const [place, query] = split(hash.replace(/^#/, ""));
  const parameters = new URLSearchParams(query);
  const tab = /** @type {import("./choices.js").Tab} */ (parameters.get("tab"));
  return {
    view: readView(place),
    choices: {
      ...EVERYTHING,
      ...Object.fromEntries(DIMENSIONS.map(({ name }) => [name, readCodes(parameters.get(name), known.codes[name])])),
      ...readGroups(parameters, known),
      ...Object.fromEntries(SPANS.map((name) => [name, readSpan(parameters.get(name))])),
      capacity_measure: (parameters.get("capacity_measure") ?? "").slice(0, MOST_LETTERS) || null,
      q: (parameters.get("q") ?? "").slice(0, MOST_LETTERS),
      as_of: DATE.test(parameters.get("as_of") ?? "") ? parameters.get("as_of") : null,
      record: parameters.get("rec") || null,
      tab: TABS.includes(tab) ? tab : "map",
      compare: asked(parameters.get("compare")).slice(0, MOST_COMPARED),
      view: Object.fromEntries(VIEW_NAMES.flatMap((name) => kept(name, parameters.get(name)))),
    },
    odd: [...oddNames(parameters), ...DIMENSIONS.flatMap(({ name }) => oddCodes(name, parameters.get(name), known.codes[name]))],
  };
}

/** @param {string} name @param {string | null} value @returns {[string, string][]} */
function kept(name, value) {
  return value ? [[name, value.slice(0, MOST_LETTERS)]] : [];
}

/** A group in the address stands for its stages. @param {URLSearchParams} parameters @param {Known} known */
function readGroups(parameters, { groups }) {
  const named = asked(parameters.get("status_group"));
  if (named.length === 0) return {};
  const stated = readCodes(parameters.get("status"), undefined) ?? [];
  return { status: new Set([...stated, ...named.flatMap((group) => groups[group] ?? [group])]) };
}

/** @param {URLSearchParams} parameters @returns {Odd[]} */
function oddNames(parameters) {
  const odd = [...parameters.keys()].filter((name) => !NAMES.includes(name) && !FOREIGN.test(name));
  return odd.map((name) => ({ name, code: null, meant: null }));
}

/** @param {string} name @param {string | null} text @param {readonly string[]} [known] @returns {Odd[]} */
function oddCodes(name, text, known) {
  if (known === undefined) return [];
  const odd = asked(text).filter((code) => !known.includes(code));
  return odd.map((code) => ({ name, code, meant: meantBy(code, known) }));
}

/**
 * An address as the API writes it, `?country=BO`, is read as if it stood behind the `#`; what others append is left out.
 * @param {string} search
 */
export function hashOf(search) {
  const parameters = new URLSearchParams(search);
  for (const name of [...parameters.keys()]) if (!NAMES.includes(name)) parameters.delete(name);
  return parameters.size ? `#?${parameters}` : "";
}

/** `#rec=…` without a place is short for `#?rec=…`. @param {string} text @returns {[string, string]} */
function split(text) {
  const at = text.indexOf("?");
  if (at >= 0) return [text.slice(0, at), text.slice(at + 1)];
  return text.includes("=") ? ["", text] : [text, ""];
}

/** @param {string} place @returns {View | null} */
function readView(place) {
  const numbers = place.split("/").map((part) => (part.trim() === "" ? NaN : Number(part)));
  const [zoom, lat, lon] = numbers;
  if (numbers.length !== 3 || !numbers.every(Number.isFinite)) return null;
  if (zoom < 0 || zoom > 20 || Math.abs(lat) > 90 || Math.abs(lon) > 540) return null;
  return { zoom, lat, lon };
}

/** @param {string | null} text @param {readonly string[]} [known] */
function readCodes(text, known) {
  const codes = new Set(asked(text).map((code) => (known && meantBy(code, known)) ?? code));
  return codes.size === 0 ? null : codes;
}

/** As the API writes it: `10/100`, `10/..`, or one number. @param {string | null} text @returns {import("./choices.js").Span | null} */
function readSpan(text) {
  if (!text) return null;
  const [low, high = low] = text.split("/").map((part) => part.trim());
  const span = [low === ".." ? -Infinity : Number(low || NaN), high === ".." ? Infinity : Number(high || NaN)];
  const isOpen = span[0] === -Infinity && span[1] === Infinity;
  return span.some(Number.isNaN) || span[0] > span[1] || isOpen ? null : [span[0], span[1]];
}

/** @param {string | null} text */
function asked(text) {
  const codes = (text ?? "").split(",").map((code) => code.trim());
  return codes.filter(Boolean).slice(0, MOST_CODES);
}

/** @param {string} code @param {readonly string[]} known */
function meantBy(code, known) {
  return known.find((each) => each.toLowerCase() === code.toLowerCase()) ?? null;
}

/** @param {View} view @param {Choices} choices @param {Known["groups"]} groups */
export function write(view, choices, groups) {
  const precision = Math.max(1, Math.ceil((view.zoom * Math.LN2 + Math.log(256 / 360)) / Math.LN10));
  const place = [Number(view.zoom.toFixed(1)), view.lat.toFixed(precision), view.lon.toFixed(precision)].join("/");
  const parameters = [
    ...filterParameters(choices, groups),
    ...(choices.as_of ? [["as_of", choices.as_of]] : []),
    ...(choices.tab === "map" ? [] : [["tab", choices.tab]]),
    ...(choices.compare.length ? [["compare", choices.compare.join(",")]] : []),
    ...Object.entries(choices.view),
    ...(choices.record ? [["rec", choices.record]] : []),
  ].map(([name, value]) => `${name}=${encoded(value)}`);
  return `#${place}${parameters.length ? "?" : ""}${parameters.join("&")}`;
}

/**
 * The filters by the names that the API has for them too.
 * @param {Choices} choices @param {Known["groups"]} groups @returns {[string, string][]}
 */
export function filterParameters(choices, groups) {
  return [
    ...statusParameters(choices.status, groups),
    ...DIMENSIONS.filter(({ name }) => name !== "status").flatMap(({ name }) => codesParameter(name, choices[name])),
    ...(choices.capacity_measure ? [pair("capacity_measure", choices.capacity_measure)] : []),
    ...SPANS.flatMap((name) => (choices[name] ? [pair(name, spanText(choices[name]))] : [])),
    ...(choices.q ? [pair("q", choices.q)] : []),
  ];
}

/**
 * What the API is asked for just the chosen records, as of the chosen day.
 * @param {Choices} choices @param {Known["groups"]} groups
 */
export function apiParameters(choices, groups) {
  const asOf = choices.as_of ? [["as_of", isoDate(lastDay(choices.as_of))]] : [];
  return new URLSearchParams([...filterParameters(choices, groups), ...asOf]);
}

/** Whole groups by their own name. @param {import("./choices.js").Codes} chosen @param {Known["groups"]} groups */
function statusParameters(chosen, groups) {
  if (chosen === null) return [];
  const whole = Object.keys(groups).filter((group) => groups[group].every((code) => chosen.has(code)));
  const covered = new Set(whole.flatMap((group) => groups[group]));
  return covered.size === chosen.size && [...chosen].every((code) => covered.has(code))
    ? codesParameter("status_group", new Set(whole))
    : codesParameter("status", chosen);
}

/** @param {string} name @param {string} value @returns {[string, string]} */
function pair(name, value) {
  return [name, value];
}

/** @param {import("./choices.js").Span} span */
export function spanText([low, high]) {
  const end = (/** @type {number} */ value) => (Number.isFinite(value) ? String(value) : "..");
  return `${end(low)}/${end(high)}`;
}

/** @param {string} name @param {import("./choices.js").Codes} codes @returns {[string, string][]} */
function codesParameter(name, codes) {
  return codes === null ? [] : [[name, [...codes].sort().join(",")]];
}

/** Commas and slashes stay as they are, so that people can read the address. @param {string} value */
function encoded(value) {
  return encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%2F", "/");
}
