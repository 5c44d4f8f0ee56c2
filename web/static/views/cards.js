// How do projects stand on a phone, where a table does not fit?

import { bdi, el } from "../base/dom.js";
import { say } from "../base/texts.js";
import { SORTS } from "../find/order.js";
import { kindIcon, statusIcon } from "../map/symbols.js";
import { NUMBERS, headingOf, nameLink, sinceText, textOf, withIcon } from "./columns.js";
import { compareBox } from "./table.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./list.js").Shown} Shown */
/** @typedef {import("./list.js").Tools} Tools */
/** @typedef {import("../find/order.js").Order} Order */

/** Beneath name, stage and kind. @type {readonly Column[]} */
const FACTS = ["place", "capacity", "owner"];

/** @param {Shown} shown @param {Tools} tools @param {Node | null} more stands beneath them */
export function cards(shown, tools, more) {
  const { rows, day } = shown;
  const made = Array.from(rows.subarray(0, shown.shown), (i) => card(i, shown.order.column, day, tools));
  return el("div", {}, el("ul", { class: "cards" }, ...made), more);
}

/** @param {number} i @param {Column} sorted is said as well @param {number} day @param {Tools} tools */
function card(i, sorted, day, { context }) {
  const row = context.dataset.row(i);
  const shown =
    FACTS.includes(sorted) || ["name", "kind", "stage", "country"].includes(sorted) ? FACTS : [...FACTS, sorted];
  const facts = shown.map((column) => [column, textOf(row, column, day)]).filter(([, text]) => text !== "");
  const since = sinceText(row);
  return el(
    "li",
    { class: "card", "data-id": row.id },
    el(
      "h3",
      {},
      nameLink(row, () => context.open(i)),
    ),
    el(
      "p",
      {},
      withIcon(statusIcon(row.status), row.status.label, since ? el("span", { class: "quiet" }, since) : undefined),
    ),
    el("p", {}, withIcon(kindIcon(row.kind), row.kind.label)),
    el("dl", {}, ...facts.flatMap(([column, text]) => fact(/** @type {Column} */ (column), text))),
    el("label", { class: "compare" }, compareBox(row, context), say("list.compare")),
  );
}

/** @param {Column} column @param {string} text */
function fact(column, text) {
  return [el("dt", {}, headingOf(column)), el("dd", {}, bdi(text))];
}

/** What a table's headings do. @param {Order} order @param {(order: Order) => void} sort */
export function sortChooser(order, sort) {
  const options = SORTS.map((name) => el("option", { value: name, selected: name === order.column }, headingOf(name)));
  const chosen = (/** @type {Event} */ event) => {
    const column = /** @type {Column} */ (/** @type {HTMLSelectElement} */ (event.target).value);
    sort({ column, descending: NUMBERS.includes(column) });
  };
  const turned = () => sort({ ...order, descending: !order.descending });
  return el(
    "div",
    { class: "sort-chooser" },
    el("label", {}, say("list.sort_by"), " ", el("select", { "data-key": "sort by", onchange: chosen }, ...options)),
    el(
      "button",
      { type: "button", "data-key": "turn", onclick: turned },
      say(order.descending ? "list.descending" : "list.ascending"),
    ),
  );
}
