// What do the signs mean, how many are there of each, and which does the reader want to see?

import { el, fill } from "../base/dom.js";
import { codeOf, isFiltered, toggled, EVERYTHING } from "./filters.js";
import { kindIcon, statusIcon } from "../map/symbols.js";
import { numberText } from "../base/words.js";

/** @typedef {import("../base/snapshot.js").Dataset} Dataset */
/** @typedef {import("./filters.js").Dimension} Dimension */
/** @typedef {import("./filters.js").Selection} Selection */
/** @typedef {import("./state.js").State} State */
/** @typedef {{code: string, label: string, definition: string, icon: Node | null}} Choice */
/** @typedef {(selection: Selection) => void} Update */

/**
 * @param {Element} root
 * @param {Dataset} dataset
 * @param {State} state
 * @param {Element} key stands before the countries
 * @returns {Update}
 */
export function legend(root, dataset, state, key) {
  const clear = el(
    "button",
    { type: "button", id: "clear", class: "link", onclick: () => clearAll(state) },
    "Clear all filters",
  );
  const status = facet(state, "status", "Stage", occurring(dataset, "status").map(statusChoice));
  const kind = facet(state, "kind", "Kind", occurring(dataset, "kind").map(kindChoice));
  const country = facet(state, "country", "Country", countryChoices(dataset));
  fill(root, clear, status.section, kind.section, key, country.section);
  return (selection) => {
    clear.hidden = !isFiltered(state.choices);
    for (const each of [status, kind, country]) each.update(selection);
  };
}

/** @param {State} state */
function clearAll(state) {
  state.change({ ...EVERYTHING, record: state.choices.record, tab: state.choices.tab });
  document.getElementById("search")?.focus(); // the button that had the focus is gone
}

/** @param {Dataset} dataset @param {"status" | "kind"} dimension */
function occurring(dataset, dimension) {
  const present = new Set(dataset.rows.map((row) => codeOf(row, dimension)));
  return (dimension === "status" ? dataset.statuses : dataset.kinds).filter(({ code }) => present.has(code));
}

/** @param {import("../base/snapshot.js").Term} term @returns {Choice} */
function statusChoice(term) {
  return { ...term, icon: statusIcon(term) };
}

/** @param {import("../base/snapshot.js").Term} term @returns {Choice} */
function kindChoice(term) {
  return { ...term, icon: kindIcon(term) };
}

/** Most projects first. @param {Dataset} dataset @returns {Choice[]} */
function countryChoices(dataset) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { country } of dataset.rows) counts.set(country, (counts.get(country) ?? 0) + 1);
  const sorted = [...counts].sort(([a, some], [b, others]) => others - some || a.localeCompare(b));
  return sorted.map(([code]) => ({ code, label: dataset.countries[code] ?? code, definition: "", icon: null }));
}

/** @param {State} state @param {Dimension} dimension @param {string} title @param {Choice[]} choices */
function facet(state, dimension, title, choices) {
  const codes = choices.map(({ code }) => code);
  const rows = choices.map((choice) => facetRow(state, dimension, choice, codes));
  const heading = el("h2", { id: `${dimension}-heading` }, title);
  const list = el(
    "ul",
    { class: `facet facet-${dimension}`, "aria-labelledby": heading.id },
    ...rows.map(({ item }) => item),
  );
  return {
    section: el("section", {}, heading, list),
    /** @param {Selection} selection */
    update(selection) {
      const counts = selection.counts[dimension];
      const most = Math.max(1, ...counts.values());
      for (const row of rows) row.update(counts.get(row.code) ?? 0, most, state.choices[dimension]);
    },
  };
}

/** @param {State} state @param {Dimension} dimension @param {Choice} choice @param {string[]} codes */
function facetRow(state, dimension, { code, label, definition, icon }, codes) {
  const only = () => state.change({ [dimension]: codes.length > 1 ? new Set([code]) : null });
  const toggle = () => state.change({ [dimension]: toggled(state.choices[dimension], code, codes) });
  const count = el("span", { class: "count" });
  const bar = el("span", { class: "bar", "aria-hidden": "true" });
  const button = el(
    "button",
    {
      type: "button",
      class: "toggle",
      title: definition || null,
      [`data-${dimension}`]: code,
      onclick: toggle,
      ondblclick: only,
    },
    icon,
    el("span", { class: "label" }, label),
    count,
    bar,
  );
  const onlyButton = el(
    "button",
    { type: "button", class: "only", "aria-label": `Only ${label}`, onclick: only },
    "only",
  );
  return {
    code,
    item: el("li", {}, button, onlyButton),
    /** @param {number} number @param {number} most @param {ReadonlySet<string> | null} chosen */
    update(number, most, chosen) {
      count.textContent = numberText(number);
      bar.style.width = `${(100 * number) / most}%`;
      button.setAttribute("aria-pressed", String(chosen === null || chosen.has(code)));
      button.classList.toggle("none", number === 0);
    },
  };
}
