// Which projects are nowhere on the map, because nobody tells their place? A button counts them, a list names them.

import { el, fill } from "../base/dom.js";
import { say } from "../base/texts.js";
import { projectButton } from "./chooser.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */

/**
 * @param {HTMLElement} root
 * @param {Dataset} dataset told
 * @param {(index: number, among: readonly number[]) => void} open
 * @param {(found: import("./layer.js").Found | null) => void} [hover] a country that is pointed at in the list
 * @returns {(rows: Uint32Array) => void} takes the selection
 */
export function tray(root, dataset, open, hover = () => {}) {
  const list = el("div", { id: "tray-list", role: "region", "aria-label": say("map.tray"), hidden: true });
  const toggle = el("button", {
    type: "button",
    class: "tray-count",
    "aria-expanded": "false",
    "aria-controls": list.id,
    onclick: () => unfold(list.hasAttribute("hidden")),
  });
  /** @type {number[]} */
  let rows = [];

  /** @param {boolean} unfolded */
  function unfold(unfolded) {
    list.hidden = !unfolded;
    toggle.setAttribute("aria-expanded", String(unfolded));
    if (unfolded) show();
  }

  function show() {
    const places = byCountry(dataset, rows).map((there) => section(dataset, there, (index) => open(index, rows), hover));
    fill(list, el("p", { class: "quiet" }, say("map.tray_why")), ...places);
  }

  root.append(list, toggle);
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    unfold(false);
    toggle.focus();
    event.preventDefault();
    event.stopPropagation();
  });
  return (selection) => {
    rows = placeless(dataset, selection);
    root.hidden = rows.length === 0;
    toggle.textContent = say("map.tray_count", { count: rows.length });
    if (root.hidden) unfold(false);
    else if (!list.hidden) show();
  };
}

/** @param {Dataset} dataset @param {Uint32Array} selection */
function placeless(dataset, selection) {
  const found = [];
  for (let i = 0; i < selection.length; i += 1) if (!dataset.hasPoint(selection[i])) found.push(selection[i]);
  return found;
}

/** The rows of each country, by its name. @param {Dataset} dataset @param {number[]} rows @returns {{iso: string, rows: number[]}[]} */
function byCountry(dataset, rows) {
  /** @type {Map<string, number[]>} */
  const found = new Map();
  for (const row of rows) {
    const iso = dataset.codes.country[dataset.country[row]];
    const there = found.get(iso);
    if (there) there.push(row);
    else found.set(iso, [row]);
  }
  const name = (/** @type {{iso: string}} */ { iso }) => dataset.countryName(iso);
  return Array.from(found, ([iso, there]) => ({ iso, rows: there })).sort((a, b) => name(a).localeCompare(name(b)));
}

/**
 * @param {Dataset} dataset @param {{iso: string, rows: number[]}} there @param {(index: number) => void} open
 * @param {(found: import("./layer.js").Found | null) => void} hover
 */
function section(dataset, { iso, rows }, open, hover) {
  const wide = rows.filter((row) => dataset.isCountryWide(row));
  const point = () => hover(wide.length ? { kind: "country", iso, rows: wide } : null);
  const leave = () => hover(null);
  return el(
    "section",
    { onmouseenter: point, onmouseleave: leave, onfocusin: point, onfocusout: leave },
    el("h3", {}, dataset.countryName(iso)),
    el("ul", {}, ...rows.map((row) => el("li", {}, projectButton(dataset, row, () => open(row))))),
  );
}
