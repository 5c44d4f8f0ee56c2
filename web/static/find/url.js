// How does a view look in the address, and back?

import { DIMENSIONS, EVERYTHING } from "./filters.js";

/** @typedef {import("./filters.js").Choices} Choices */
/** @typedef {{zoom: number, lat: number, lon: number}} View */
/** @typedef {Record<import("./filters.js").Dimension, readonly string[]>} Codes */
/**
 * Something in an address that is not as the map writes it: a name that it does not know, or a code; `meant` is the code
 * that was taken for it. @typedef {{name: string, code: string | null, meant: string | null}} Odd
 */

/**
 * Reads `#4/-20.1/-66.9?status=operating&rec=…`. A code that no project has is kept, so that nothing is shown rather
 * than everything; one that only differs in case is taken for the one it means.
 * @param {string} hash
 * @param {Codes} codes the codes that exist
 * @returns {{view: View | null, choices: Choices, odd: Odd[]}}
 */
export function read(hash, codes) {
  const [place, query] = split(hash.replace(/^#/, ""));
  const parameters = new URLSearchParams(query);
  const tab = parameters.get("tab");
  return {
    view: readView(place),
    choices: {
      ...EVERYTHING,
      ...Object.fromEntries(
        DIMENSIONS.map((dimension) => [dimension, readCodes(parameters.get(dimension), codes[dimension])]),
      ),
      q: (parameters.get("q") ?? "").slice(0, 200),
      record: parameters.get("rec") || null,
      tab: tab === "list" || tab === "unplaced" ? tab : "map",
    },
    odd: [...oddNames(parameters), ...DIMENSIONS.flatMap((name) => oddCodes(name, parameters.get(name), codes[name]))],
  };
}

/** What others append to addresses is no fault of whoever made the link. */
const FOREIGN = /^(utm_|fbclid$|gclid$|_)/;
const NAMES = [...DIMENSIONS, "q", "rec", "tab"];

/** @param {URLSearchParams} parameters @returns {Odd[]} */
function oddNames(parameters) {
  const odd = [...parameters.keys()].filter((name) => !NAMES.includes(name) && !FOREIGN.test(name));
  return odd.map((name) => ({ name, code: null, meant: null }));
}

/** @param {string} name @param {string | null} text @param {readonly string[]} known @returns {Odd[]} */
function oddCodes(name, text, known) {
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

/** @param {string | null} text @param {readonly string[]} known */
function readCodes(text, known) {
  const codes = new Set(asked(text).map((code) => meantBy(code, known) ?? code));
  return codes.size === 0 || known.every((code) => codes.has(code)) ? null : codes;
}

/** @param {string | null} text */
function asked(text) {
  const codes = (text ?? "").split(",").map((code) => code.trim());
  return codes.filter(Boolean).slice(0, MOST_CODES);
}

const MOST_CODES = 300;

/** @param {string} code @param {readonly string[]} known */
function meantBy(code, known) {
  return known.find((each) => each.toLowerCase() === code.toLowerCase()) ?? null;
}

/** @param {View} view @param {Choices} choices */
export function write(view, choices) {
  const precision = Math.max(1, Math.ceil((view.zoom * Math.LN2 + Math.log(256 / 360)) / Math.LN10));
  const place = [Number(view.zoom.toFixed(1)), view.lat.toFixed(precision), view.lon.toFixed(precision)].join("/");
  const parameters = DIMENSIONS.flatMap((dimension) => codesText(dimension, choices[dimension]));
  if (choices.q) parameters.push(`q=${encodeURIComponent(choices.q)}`);
  if (choices.tab !== "map") parameters.push(`tab=${choices.tab}`);
  if (choices.record) parameters.push(`rec=${encodeURIComponent(choices.record)}`);
  return `#${place}${parameters.length ? "?" : ""}${parameters.join("&")}`;
}

/** @param {string} name @param {ReadonlySet<string> | null} codes */
function codesText(name, codes) {
  return codes === null ? [] : [`${name}=${[...codes].sort().map(encodeURIComponent).join(",")}`];
}
