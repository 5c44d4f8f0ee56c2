// How is a fault said to somebody who knows the project, and not the API?

import { degreesOf, groupingAdvice } from "./numbers.js";

/** @typedef {import("./problems.js").Fault} Fault */
/** @typedef {import("./record.js").Fields} Fields */

export const LAT_POINTER = "/geometry/coordinates/1";
export const LON_POINTER = "/geometry/coordinates/0";
export const KEY_REFUSED = "This key is not valid here (or may only read). The keeper of this ledger gives keys.";

const ACCURACY = "/properties/location_accuracy";
const NEEDS_POINT = ["site", "locality", "region"];
const NO_NUMBER = "Write a number.";

const NO_SHARE = "A share goes from 0 to 100.";
const NO_DATE = "Write 2024-03-26, 2024-03 or 2024.";
const NO_ADDRESS = "Write an address that starts with https://.";

/** What to say of a rule of the API, whatever the field. @type {Record<string, string>} */
export const WORDS = {
  missing: "This field is required.",
  "event-without-status": "This field is required.",
  "radius-missing": "A region needs this: write how many kilometres.",
  "event-in-future": "This day is in the future: tick 'This is a plan for the future' below, or correct it.",
  "date-form": NO_DATE,
  "date-year": NO_DATE,
  "date-not-in-calendar": NO_DATE,
  "not-a-number": NO_NUMBER,
  "not-finite": NO_NUMBER,
  "too-small": "Write a number above 0.",
  "url-form": NO_ADDRESS,
  "url-scheme": NO_ADDRESS,
  "url-character": NO_ADDRESS,
};

/** ... and of a rule at one field, by the field's name. @type {Record<string, Record<string, string>>} */
export const WORDS_AT = {
  share_pct: { "too-large": NO_SHARE, "too-small": NO_SHARE },
  date: { "not-text": NO_DATE, "too-long": NO_DATE },
  published: { "not-text": NO_DATE, "too-long": NO_DATE },
};

/**
 * The API's faults in plain words, those of the place each at its own field.
 * @param {Fault[]} faults @param {Fields} f
 */
export function inPlainWords(faults, f) {
  const ofPlace = placeFaults(f);
  const isReplaced = (/** @type {Fault} */ { pointer }) => ofPlace.length > 0 && pointer.startsWith("/geometry");
  return [...faults.filter((fault) => !isReplaced(fault)).map(plainWords), ...ofPlace];
}

/** @param {Fault} fault @returns {Fault} */
function plainWords(fault) {
  const { pointer, rule = "" } = fault;
  if (rule === "outline-unknown")
    return { pointer: ACCURACY, detail: "The outline of this country is not known here: choose Undisclosed." };
  const field = pointer.slice(pointer.lastIndexOf("/") + 1);
  const detail = WORDS_AT[field]?.[rule] ?? WORDS[rule];
  return detail ? { pointer, detail } : fault;
}

/** @param {Fields} f @returns {Fault[]} */
export function placeFaults(f) {
  if (!NEEDS_POINT.includes(f.accuracy)) return [];
  if (f.lat === "" && f.lon === "")
    return [{ pointer: LAT_POINTER, detail: "Give the place, or choose Country or Undisclosed above." }];
  return [
    ...degreeFaults(LAT_POINTER, "Latitude", f.lat, degreesOf(f.lat, "lat"), 90),
    ...degreeFaults(LON_POINTER, "Longitude", f.lon, degreesOf(f.lon, "lon"), 180),
  ];
}

/**
 * @param {string} pointer @param {string} name @param {string} text @param {number} degrees @param {number} most
 * @returns {Fault[]}
 */
function degreeFaults(pointer, name, text, degrees, most) {
  if (text === "") return [{ pointer, detail: `${name} is missing.` }];
  if (Number.isNaN(degrees)) return [{ pointer, detail: `${NO_NUMBER} Degrees with decimals, such as -24.78.` }];
  return Math.abs(degrees) > most ? [{ pointer, detail: `${name} goes from -${most} to ${most}.` }] : [];
}

/** Numbers that could be read in two ways. @param {Fields} f @returns {Fault[]} */
export function groupingFaults(f) {
  const checked = [
    ["radius", "/properties/location_radius_km"],
    ["owner-share", "/properties/owners/0/share_pct"],
    ["capacity-value", "/properties/capacities/0/value"],
  ];
  const said = checked.map(([id, pointer]) => ({ pointer, detail: groupingAdvice(f[id]) }));
  return said.filter(({ detail }) => detail !== "");
}
