// How is a fault said to somebody who knows the project, and not the API?

import { adviceFor } from "./coordinates.js";
import { degreesOf, groupingAdvice } from "./numbers.js";
import { say } from "../base/texts.js";

/** @typedef {import("./problems.js").Fault} Fault */
/** @typedef {import("./record.js").Fields} Fields */

export const LAT_POINTER = "/geometry/coordinates/1";
export const LON_POINTER = "/geometry/coordinates/0";

const ACCURACY = "/properties/location_accuracy";
const NEEDS_POINT = ["site", "locality", "region"];

/** What the form says of a rule, or of a rule at a field. @typedef {Record<string, string>} Words */

/**
 * The API's faults in plain words, those of the place each at its own field.
 * @param {Fault[]} faults @param {Fields | null} f null where the place is not asked for @param {Words} words
 */
export function inPlainWords(faults, f, words) {
  const ofPlace = f ? placeFaults(f) : [];
  const isReplaced = (/** @type {Fault} */ { pointer }) => ofPlace.length > 0 && pointer.startsWith("/geometry");
  return [...faults.filter((fault) => !isReplaced(fault)).map((fault) => plainWords(fault, words)), ...ofPlace];
}

/** @param {Fault} fault @param {Words} words @returns {Fault} */
function plainWords(fault, words) {
  const { pointer, rule = "" } = fault;
  const field = pointer.slice(pointer.lastIndexOf("/") + 1);
  const detail = words[`${rule} ${field}`] ?? words[rule];
  if (!detail) return fault;
  const { expected: _, ...rest } = fault;
  return { ...rest, pointer: rule === "outline-unknown" ? ACCURACY : pointer, detail };
}

/** @param {Fields} f @returns {Fault[]} */
export function placeFaults(f) {
  if (!NEEDS_POINT.includes(f.accuracy)) return [];
  if (f.lat === "" && f.lon === "") return [{ pointer: LAT_POINTER, detail: say("form.place_missing") }];
  return [
    ...degreeFaults(LAT_POINTER, "lat", f.lat, 90),
    ...degreeFaults(LON_POINTER, "lon", f.lon, 180),
  ];
}

/**
 * @param {string} pointer @param {import("./numbers.js").Axis} axis @param {string} text @param {number} most
 * @returns {Fault[]}
 */
function degreeFaults(pointer, axis, text, most) {
  if (text === "") return [{ pointer, detail: say(`form.${axis}_missing`) }];
  const degrees = degreesOf(text, axis);
  if (Number.isNaN(degrees)) return [{ pointer, detail: adviceFor(text) || say("form.degrees") }];
  return Math.abs(degrees) > most ? [{ pointer, detail: say(`form.${axis}_range`, { most }) }] : [];
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
