// What does a reader choose, and how many records does that mean? Rows of choices become the text, which may be edited.

import { byId, el, fill } from "../base/dom.js";
import { readTexts, say } from "../base/texts.js";
import { filterText, operatorsOf, takesValue } from "./cql2.js";

/** @typedef {import("./cql2.js").Property} Property */

const WAIT = 400; // milliseconds after the last key until the server is asked
/** @type {Property[]} */
const properties = JSON.parse(byId("properties").textContent ?? "[]");
const form = /** @type {HTMLFormElement} */ (byId("filter-form"));
const text = /** @type {HTMLTextAreaElement} */ (byId("filter"));
const join = /** @type {HTMLSelectElement} */ (byId("join"));
const list = byId("conditions");
const items = `${form.dataset.path}/items`;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
let asked = 0;

readTexts();
byId("builder").hidden = false;
byId("add-condition").addEventListener("click", () => addRow().querySelector("select")?.focus());
join.addEventListener("change", written);
text.addEventListener("input", soon);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
if (!text.value) addRow();

/** Adds a row of choices, whose parts follow each other. */
function addRow() {
  const property = el("select", { onchange: () => (fillOperators(row), written()) });
  fill(property, ...properties.map(({ name, title }) => el("option", { value: name, selected: name === "name" }, title)));
  const operator = el("select", { onchange: () => (fillValue(row), written()) });
  const remove = el("button", { type: "button", onclick: () => (row.remove(), written(), byId("add-condition").focus()) });
  remove.append(say("filter.remove"));
  const row = el(
    "li",
    {},
    el("label", {}, say("filter.property"), property),
    el("label", {}, say("filter.operator"), operator),
    el("label", { class: "value" }),
    remove,
  );
  list.append(row);
  fillOperators(row);
  return row;
}

/** @param {Element} row */
function partsOf(row) {
  const [property, operator] = [...row.querySelectorAll("select")];
  const known = properties.find(({ name }) => name === property.value) ?? properties[0];
  const value = /** @type {HTMLInputElement | HTMLSelectElement | null} */ (row.querySelector(".value :is(input, select)"));
  return { property: known, operator, value };
}

/** @param {Element} row */
function fillOperators(row) {
  const { property, operator } = partsOf(row);
  const known = operatorsOf(property);
  fill(operator, ...known.map((each) => el("option", { value: each }, wordOf(each))));
  fillValue(row);
}

/** Signs are the same in all languages. @param {string} operator */
function wordOf(operator) {
  return /^[a-z]+$/.test(operator) ? say(`filter.${operator}`) : operator;
}

/** @param {Element} row */
function fillValue(row) {
  const { property, operator } = partsOf(row);
  const label = /** @type {HTMLElement} */ (row.querySelector(".value"));
  label.hidden = !takesValue(operator.value);
  fill(label, say("filter.value"), field(property));
}

/** @param {Property} property */
function field({ kind, codes }) {
  if (codes) {
    return el("select", { onchange: written }, ...codes.map(([code, name]) => el("option", { value: code }, name)));
  }
  const isNumber = kind === "number" || kind === "integer";
  const isDay = kind === "date" || kind === "time";
  return el("input", {
    type: isNumber ? "number" : "text",
    step: isNumber ? "any" : null,
    maxlength: isNumber ? null : 200,
    placeholder: isDay ? "2024-03-26" : null,
    oninput: written,
  });
}

/** Writes what the rows say into the text. */
function written() {
  const conditions = [...list.children].map((row) => {
    const { property, operator, value } = partsOf(row);
    return { property, operator: operator.value, value: value?.value ?? "" };
  });
  text.value = filterText(conditions, join.value);
  soon();
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(ask, WAIT);
}

/** Asks the server how many records there are, and says so, or why not. */
async function ask() {
  clearTimeout(waiting);
  const number = ++asked;
  if (!text.value.trim()) return tell(null, "");
  const query = new URLSearchParams({ filter: text.value.trim() });
  for (const link of document.querySelectorAll("[data-form]")) {
    link.setAttribute("href", `${items}?${query}${/** @type {HTMLElement} */ (link).dataset.form}`);
  }
  byId("address").textContent = `${items}?${query}`;
  try {
    const headers = { Accept: "application/geo+json", "Accept-Language": document.documentElement.lang };
    const answer = await fetch(`${items}?limit=1&${query}`, { headers });
    const told = await answer.json();
    if (number === asked) tell(answer.ok ? told.numberMatched : null, answer.ok ? "" : String(told.detail));
  } catch {
    if (number === asked) tell(null, say("filter.unreachable"));
  }
}

/** @param {number | null} count @param {string} refusal */
function tell(count, refusal) {
  byId("filter-error").textContent = refusal;
  text.setAttribute("aria-invalid", String(Boolean(refusal)));
  byId("found").hidden = count === null;
  byId("matched").textContent = count === null ? "" : say("filter.matched", { count });
}
