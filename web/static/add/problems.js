// What is wrong with what was filled in, and at which field?

import { byId, el, fill } from "../base/dom.js";
import { languageOf, say } from "../base/texts.js";

/** @typedef {string | number | string[]} Value */
/**
 * One fault as the API says it (RFC 9457 with JSON pointers), or one of the form's own, which has no rule.
 * @typedef {{pointer: string, rule?: string, values?: Record<string, Value>, detail: string, expected?: string, severity?: string}} Fault
 */

const SENTENCE_END = /[.!?。！？]$/;

/** Fields that are right or wrong together: an edit of the first clears the faults of the others too. */
/** @type {Record<string, string[]>} */
const TOGETHER = {
  lat: ["lon"],
  lon: ["lat"],
  accuracy: ["lat", "lon", "radius"],
  "place-name": ["lat", "lon", "accuracy"],
  "status-expected": ["status-date", "status-basis"],
  "gone-reason": ["gone-twin", "gone-of"],
};

export function clearFaults() {
  places().forEach(clear);
  byId("errors").hidden = true;
}

/** A field that is being edited is not wrong any more. @param {string} name */
export function clearFault(name) {
  const edited = [name, ...(TOGETHER[name] ?? []), ...(name.startsWith("wrong-") ? ["wrong-stage"] : [])];
  const wrong = places().filter((place) => !place.hidden);
  const cleared = wrong.filter((place) => edited.includes(String(place.dataset.field)));
  cleared.forEach(clear);
  if (cleared.length > 0 && cleared.length === wrong.length && !byId("errors").querySelector("li"))
    byId("errors").hidden = true;
}

/** @param {HTMLElement} place */
function clear(place) {
  place.hidden = true;
  place.textContent = "";
  place.classList.remove("doubt");
  byId(String(place.dataset.field)).removeAttribute("aria-invalid");
}

/**
 * Shows each fault at its field, those without one above the form, and goes to the first.
 * @param {string} title @param {Fault[]} faults @param {(field: HTMLElement) => void} reach brings a field into sight
 */
export function showFaults(title, faults, reach) {
  clearFaults();
  const homeless = faults.filter((fault) => !showAtField(fault));
  const fields = places().filter((place) => !place.hidden && !place.classList.contains("doubt"));
  const list = homeless.map((fault) => el("li", {}, placed(fault)));
  fill(byId("errors"), el("strong", {}, title), homeless.length > 0 && el("ul", {}, ...list));
  byId("errors").hidden = false;
  const first = fields.length ? byId(String(fields[0].dataset.field)) : byId("errors");
  reach(first);
  first.focus();
}

/** Shows faults at those fields that the reader has filled in, while they go on. @param {Fault[]} faults @param {ReadonlySet<string>} filledIn names of fields */
export function markFaults(faults, filledIn) {
  for (const fault of faults) {
    const place = closest(fault);
    if (place && place.hidden && filledIn.has(String(place.dataset.field))) showAtField(fault);
  }
}

/** Faults that have no place at a field. @param {Fault[]} faults */
export function homelessOf(faults) {
  return faults.filter((fault) => !closest(fault));
}

/** @returns {HTMLElement[]} */
function places() {
  return Array.from(document.querySelectorAll("[data-pointer]"));
}

/** @param {Fault} fault */
function showAtField(fault) {
  const place = closest(fault);
  if (!place) return false;
  const isDoubt = fault.severity === "warning";
  if (place.hidden && isDoubt) place.classList.add("doubt");
  if (!isDoubt) place.classList.remove("doubt");
  place.textContent = [place.textContent, faultText(fault)].filter(Boolean).join(" ");
  place.hidden = false;
  if (!isDoubt) byId(String(place.dataset.field)).setAttribute("aria-invalid", "true");
  return true;
}

/** The place whose pointer is the longest that the fault's lies under. @param {Fault} fault */
function closest({ pointer }) {
  const candidates = places().filter(({ dataset }) => isUnder(pointer, String(dataset.pointer)));
  return candidates.sort((a, b) => String(b.dataset.pointer).length - String(a.dataset.pointer).length)[0];
}

/** @param {string} pointer @param {string} other */
function isUnder(pointer, other) {
  return pointer === other || pointer.startsWith(`${other}/`);
}

/** A fault that has no field in the form is told by where it is in the record. @param {Fault} fault */
function placed(fault) {
  return fault.pointer ? say("form.at", { pointer: fault.pointer, text: faultText(fault) }) : faultText(fault);
}

/** `is missing` becomes `Is missing: this field is required.` @param {Fault} fault */
export function faultText({ detail, expected }) {
  const text = expected ? say("form.expected", { detail, expected }) : detail;
  const begun = `${text.charAt(0).toLocaleUpperCase(languageOf())}${text.slice(1)}`;
  return SENTENCE_END.test(begun) ? begun : say("form.sentence", { text: begun });
}
