// How does a new project get from the form to the server?

import { clearDraft, keepDraft, restoreDraft } from "./draft.js";
import { isoDate } from "./numbers.js";
import { placeMap } from "./place.js";
import { clearFault, clearFaults, KEY_POINTER, showFaults } from "./problems.js";
import { featureOf } from "./record.js";
import { groupingFaults, inPlainWords, placeFaults } from "./words.js";
import { byId, el, fill } from "../base/dom.js";
import { ROOT } from "../base/root.js";
import { languageOf, readTexts, say } from "../base/texts.js";

const ITEMS = `${ROOT}/api/collections/projects/items`;
const KEPT_KEY = "key";
const REFUSALS_OF_KEYS = [401, 403];
const DATES = ["source-published", "status-date"];

/** @param {string} id */
function input(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}

/** @returns {Record<string, string>} */
function fields() {
  const controls = Array.from(/** @type {HTMLFormElement} */ (byId("add-form")).elements);
  const named = controls.filter((control) => control.id && "value" in control);
  return Object.fromEntries(
    named.map((control) => [control.id, /** @type {HTMLInputElement} */ (control).value.trim()]),
  );
}

/** @returns {import("./words.js").Words} */
function words() {
  return JSON.parse(byId("add-form").dataset.words ?? "{}");
}

/** @returns {HTMLSelectElement[]} */
function lists() {
  return Array.from(document.querySelectorAll("select[data-defined]"));
}

/** Shows the chosen word's definition under its list of words. @param {HTMLSelectElement} list */
function define(list) {
  byId(`${list.id}-hint`).textContent = list.selectedOptions[0]?.dataset.definition ?? "";
}

/** Days become ISO dates, and an address gets its https. @param {string} id */
function tidy(id) {
  const field = input(id);
  if (DATES.includes(id)) field.value = isoDate(field.value);
  if (id === "source-url") field.value = field.value.trim().replace(/^(?=www\.)/i, "https://");
}

/** @param {Event} event */
async function send(event) {
  event.preventDefault();
  clearFaults();
  [...DATES, "source-url"].forEach(tidy);
  if (showOwnFaults()) return;
  const button = input("send");
  button.disabled = true;
  button.textContent = say("form.sending");
  try {
    await post(featureOf(fields(), input("status-expected").checked), input("key").value.trim());
  } catch {
    showFaults(say("form.unreachable"), []);
  }
  button.disabled = false;
  button.textContent = say("form.send");
}

/** What can be said without asking the server. */
function showOwnFaults() {
  const [missing, unclear] = [missingFields(), groupingFaults(fields())];
  if (missing.length + unclear.length === 0) return false;
  const title = say(missing.length ? "form.missing_title" : "form.unclear_title");
  showFaults(title, [...missing, ...unclear, ...placeFaults(fields())]);
  return true;
}

function missingFields() {
  const required = Array.from(
    document.querySelectorAll("[aria-required]"),
    (field) => /** @type {HTMLInputElement} */ (field),
  );
  const isPlan = input("status-expected").checked; // which has not happened, by whatever day
  const empty = required.filter(({ id, value }) => value.trim() === "" && !(isPlan && id === "status-basis"));
  return empty.map(({ id }) => ({
    pointer: String(byId(`${id}-error`).dataset.pointer),
    detail: say("form.missing"),
  }));
}

/** @param {object} feature @param {string} key */
async function post(feature, key) {
  keepKey(key);
  const response = await fetch(ITEMS, {
    method: "POST",
    headers: {
      "Content-Type": "application/geo+json",
      Authorization: `Bearer ${key}`,
      Accept: "application/geo+json",
      "Accept-Language": languageOf(), // the page's, which the reader may have chosen against the browser's
    },
    body: JSON.stringify(feature),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.status === 201) return celebrate(answer.id, answer.warnings ?? []);
  const detail = answer.detail ?? say("form.answered", { status: String(response.status) });
  if (REFUSALS_OF_KEYS.includes(response.status))
    return showFaults(say("form.not_added"), [{ pointer: KEY_POINTER, detail: say("form.key_refused") }]);
  return showFaults(
    answer.title ?? say("form.not_added"),
    answer.errors?.length ? inPlainWords(answer.errors, fields(), words()) : [{ pointer: "", detail }],
  );
}

/** @param {string} key */
function keepKey(key) {
  if (input("keep-key").checked) sessionStorage.setItem(KEPT_KEY, key);
  else sessionStorage.removeItem(KEPT_KEY);
}

/** @param {string} id @param {{rule: string, detail: string}[]} warnings what the server took and finds odd */
function celebrate(id, warnings) {
  const address = encodeURIComponent(id);
  clearDraft();
  byId("add-form").hidden = true;
  fill(
    byId("done"),
    el("strong", {}, say("form.added")),
    ...warnings.map(({ detail }) => el("p", { class: "warning" }, detail)),
    el(
      "p",
      { class: "actions" },
      el("a", { class: "button strong", href: `${ROOT}/projects/${address}` }, say("form.open")),
      el("a", { class: "button", href: `${ROOT}/#rec=${address}` }, say("form.on_map")),
      el("a", { class: "button", href: `${ROOT}/add` }, say("form.add_another")),
    ),
  );
  byId("done").hidden = false;
  byId("done").focus();
}

/** @param {HTMLFormElement} form @param {Event} event */
function edited(form, { target, type }) {
  const { id } = /** @type {HTMLElement} */ (target);
  if (type === "change") tidy(id);
  clearFault(id);
  keepDraft(form);
}

function restoreKey() {
  const kept = sessionStorage.getItem(KEPT_KEY);
  if (kept) input("key").value = kept;
  input("keep-key").checked = kept !== null;
}

/** @param {string} id */
function list(id) {
  return /** @type {HTMLSelectElement} */ (byId(id));
}

function start() {
  readTexts();
  const form = /** @type {HTMLFormElement} */ (byId("add-form"));
  restoreDraft(form);
  restoreKey();
  const place = { lat: input("lat"), lon: input("lon") };
  const followPlace = placeMap(byId("place-map"), place, list("country"), list("accuracy"));
  for (const each of lists()) each.addEventListener("change", () => define(each));
  const follow = () => {
    lists().forEach(define);
    followPlace();
  };
  follow();
  addEventListener("pageshow", follow); // a browser that goes back fills fields in after this
  for (const type of ["input", "change"]) form.addEventListener(type, (event) => edited(form, event));
  form.addEventListener("submit", (event) => void send(event));
}

start();
