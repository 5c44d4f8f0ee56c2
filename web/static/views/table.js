// How do projects stand in a table?

import { el } from "../base/dom.js";
import { say } from "../base/texts.js";
import { NUMBERS, cellOf, headingOf } from "./columns.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./list.js").Shown} Shown */
/** @typedef {import("./list.js").Tools} Tools */
/** @typedef {import("../find/order.js").Order} Order */

/** @param {Shown} shown @param {Tools} tools @param {Node | null} more stands beneath the rows */
export function table(shown, tools, more) {
  const { columns, order } = shown;
  const headings = columns.map((column) => heading(column, order, tools.sort));
  const body = Array.from(shown.rows.subarray(0, shown.shown), (i) => bodyRow(i, shown, tools));
  return el(
    "div",
    { class: "table-scroll", tabindex: 0, role: "region", "aria-label": say("list.table") },
    el(
      "table",
      { "aria-rowcount": shown.rows.length + 1 },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, say("list.compare")), ...headings)),
      el("tbody", {}, ...body),
    ),
    more,
  );
}

/** @param {number} i @param {Shown} shown @param {Tools} tools */
function bodyRow(i, { columns, day }, { context }) {
  const row = context.dataset.row(i);
  const open = () => context.open(i);
  const cells = columns.map((column) => {
    const content = cellOf(row, column, day, open);
    return column === "name" ? el("th", { scope: "row" }, content) : el("td", { class: classOf(column) }, content);
  });
  return el("tr", { "data-id": row.id }, el("td", { class: "compare" }, compareBox(row, context)), ...cells);
}

/** @param {Column} column @param {Order} order @param {(order: Order) => void} sort */
function heading(column, order, sort) {
  const isSorted = order.column === column;
  const direction = !isSorted ? "none" : order.descending ? "descending" : "ascending";
  const toggle = () => sort({ column, descending: isSorted ? !order.descending : NUMBERS.includes(column) });
  const title = column === "capacity" ? say("list.within_families") : null;
  return el(
    "th",
    { scope: "col", class: classOf(column), "aria-sort": direction },
    el("button", { type: "button", "data-key": `sort ${column}`, title, onclick: toggle }, headingOf(column)),
  );
}

/** @param {Column} column */
function classOf(column) {
  return NUMBERS.includes(column) ? `number column-${column}` : `column-${column}`;
}

/** @param {import("../base/row.js").Row} row @param {import("./context.js").Context} context */
export function compareBox(row, context) {
  return el("input", {
    type: "checkbox",
    "data-key": `compare ${row.id}`,
    "aria-label": say("list.compare_this", { name: row.name }),
    onchange: () => context.state.toggleCompared(row.id),
  });
}
