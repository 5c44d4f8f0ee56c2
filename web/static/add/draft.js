// How does a half-filled form outlive a reload? As a draft in this tab's session storage, without the key.

const DRAFT = "draft";
const SECRET = ["key", "keep-key"];

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/** @param {HTMLFormElement} form @returns {Control[]} */
function controls(form) {
  const named = Array.from(form.elements).filter(({ id }) => id && !SECRET.includes(id));
  return /** @type {Control[]} */ (named.filter((control) => "value" in control && control.tagName !== "BUTTON"));
}

/** @param {Control} control @returns {control is HTMLInputElement} */
function isTick(control) {
  return control.type === "checkbox";
}

/** @param {HTMLFormElement} form */
export function keepDraft(form) {
  const entries = controls(form).map((control) => [control.id, isTick(control) ? control.checked : control.value]);
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(entries)));
  } catch (error) {
    console.warn("The draft is not kept:", error);
  }
}

/** @param {HTMLFormElement} form */
export function restoreDraft(form) {
  const draft = storedDraft();
  for (const control of controls(form)) {
    const value = draft[control.id];
    if (isTick(control)) control.checked = value === true || (value === undefined && control.checked);
    else if (typeof value === "string") control.value = value;
  }
}

/** @returns {Record<string, unknown>} */
function storedDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}") ?? {};
  } catch {
    return {};
  }
}

export function clearDraft() {
  sessionStorage.removeItem(DRAFT);
}
