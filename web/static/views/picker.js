// Which project is meant? A few that have the words that are typed, each a button.

import { bdi, el, fill } from "../base/dom.js";
import { begins } from "../base/fold.js";
import { search } from "../find/words.js";
import { kindIcon, statusIcon } from "../map/symbols.js";

/** @typedef {import("../base/row.js").Row} Row */
/** @typedef {{label: string, hint: string, none: string, isOffered: (row: Row) => boolean, choose: (row: Row) => void}} Picking */

const MOST_OFFERED = 8;
const MOST_RANKED = 400; // of all that have the words, so many are looked at for those whose names begin with them

/** @param {import("./context.js").Context} context @param {Picking} picking @returns {{root: HTMLElement, focus: () => void}} */
export function picker({ dataset }, { label, hint, none, isOffered, choose }) {
  const found = el("ul", { class: "picker-found" });
  const said = el("p", { class: "quiet", role: "status" });
  const input = el("input", {
    type: "search",
    placeholder: hint,
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 200,
    oninput: () => show(),
  });
  const root = el("div", { class: "picker", role: "search", onkeydown: (event) => move(event, input, found) }, el("label", {}, label, input), found, said);
  return { root, focus: () => input.focus() };

  function show() {
    const rows = offered(dataset, input.value).filter(isOffered).slice(0, MOST_OFFERED);
    fill(found, ...rows.map((row) => el("li", {}, offer(row, () => take(row)))));
    said.textContent = input.value.trim() && rows.length === 0 ? none : "";
  }

  /** @param {Row} row */
  function take(row) {
    input.value = "";
    show();
    choose(row);
    input.focus();
  }
}

/**
 * Those whose names begin with the words come first.
 * @param {import("../base/dataset.js").Dataset} dataset @param {string} typed @returns {Row[]}
 */
export function offered(dataset, typed) {
  const mask = search(dataset, typed);
  if (mask === null) return [];
  const { folding, names } = dataset.told;
  const asked = folding.asked(typed);
  const indexes = [];
  for (let i = 0; i < mask.length && indexes.length < MOST_RANKED; i += 1) if (mask[i]) indexes.push(i);
  const rank = new Map(indexes.map((i) => [i, Number(!begins(asked, folding.fold(names[i])))]));
  indexes.sort((a, b) => /** @type {number} */ (rank.get(a)) - /** @type {number} */ (rank.get(b)) || a - b);
  return indexes.map((index) => dataset.row(index));
}

/** @param {Row} row @param {() => void} take */
function offer(row, take) {
  return el(
    "button",
    { type: "button", onclick: take },
    statusIcon(row.status),
    el("span", {}, bdi(row.name), el("span", { class: "quiet" }, kindIcon(row.kind), ` ${row.kind.label}, ${row.countryName}`)),
  );
}

/** The arrow keys go through what was found. @param {KeyboardEvent} event @param {HTMLInputElement} input @param {HTMLElement} found */
function move(event, input, found) {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const stops = [input, ...found.querySelectorAll("button")];
  const at = stops.indexOf(/** @type {any} */ (document.activeElement));
  if (by === 0 || at < 0) return;
  event.preventDefault();
  stops[Math.max(0, Math.min(stops.length - 1, at + by))].focus();
}
