// How does a half-filled form outlive a reload, a closed tab and a bad network? As a draft of this device.

const DAYS = 30;

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */
/** @typedef {"same" | "phase" | "different"} Answer */
/**
 * What is kept: the fields by name, how records alike stand to this one, the step, and what waits for the network.
 * @typedef {{fields: Record<string, string | boolean>, alike: Record<string, Answer>, step: string, waiting: Waiting | null, time: number}} Draft
 */
/** A proposal that is to be sent, once, under its name. @typedef {{body: object, once: string}} Waiting */

/** @returns {Draft} */
export function emptyDraft() {
  return { fields: {}, alike: {}, step: "", waiting: null, time: Date.now() };
}

/** @param {string} name @returns {Draft} */
export function keptDraft(name) {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(name)) ?? "null");
    const isFresh = kept && Date.now() - kept.time < DAYS * 86_400_000;
    return isFresh ? { ...emptyDraft(), ...kept } : emptyDraft();
  } catch {
    return emptyDraft();
  }
}

/** Whether the draft is kept: some browsers keep nothing. @param {string} name @param {Draft} draft */
export function keepDraft(name, draft) {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify({ ...draft, time: Date.now() }));
    return true;
  } catch (error) {
    console.warn("The draft is not kept:", error);
    return false;
  }
}

/** @param {string} name */
export function forgetDraft(name) {
  try {
    localStorage.removeItem(keyOf(name));
  } catch (error) {
    console.warn("The draft is not forgotten:", error);
  }
}

/** @param {string} name */
function keyOf(name) {
  return `draft:${name}`;
}

/** @param {HTMLFormElement} form @returns {Control[]} */
function controls(form) {
  const named = Array.from(form.elements).filter((control) => "value" in control && "name" in control && control.name && !String(control.name).startsWith("alike:"));
  return /** @type {Control[]} */ (named.filter(({ tagName }) => tagName !== "BUTTON"));
}

/** @param {Control} control @returns {control is HTMLInputElement} */
function isTick(control) {
  return control.type === "checkbox" || control.type === "radio";
}

/** Texts without blanks at their ends; ticks as they are. @param {HTMLFormElement} form */
export function valuesOf(form) {
  /** @type {Record<string, string | boolean>} */
  const values = {};
  for (const control of controls(form)) {
    if (control.type === "checkbox") values[control.name] = /** @type {HTMLInputElement} */ (control).checked;
    else if (!isTick(control)) values[control.name] = control.value.trim();
    else if (control.checked || !(control.name in values)) values[control.name] = control.checked ? control.value : "";
  }
  return values;
}

/** @param {HTMLFormElement} form @param {Record<string, string | boolean>} values */
export function fillIn(form, values) {
  for (const control of controls(form)) {
    const value = values[control.name];
    if (control.type === "checkbox") /** @type {HTMLInputElement} */ (control).checked = value === undefined ? /** @type {HTMLInputElement} */ (control).checked : value === true;
    else if (isTick(control)) control.checked = value === undefined ? control.checked : control.value === value;
    else if (typeof value === "string") control.value = value;
  }
}
