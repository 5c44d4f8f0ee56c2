// How does a view look in the address, and back?

import { DIMENSIONS, EVERYTHING } from "./filters.js";

/** @typedef {import("./filters.js").Choices} Choices */
/** @typedef {{zoom: number, lat: number, lon: number}} View */
/** @typedef {Record<import("./filters.js").Dimension, readonly string[]>} Codes */

/**
 * Reads `#4/-20.1/-66.9?status=operating&rec=…`; what is not understood is left out.
 * @param {string} hash
 * @param {Codes} codes the codes that exist
 * @returns {{view: View | null, choices: Choices}}
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
  };
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
  const codes = (text ?? "").split(",").filter((code) => known.includes(code));
  return codes.length === 0 || codes.length === known.length ? null : new Set(codes);
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
