// Which columns does the reader want to see?

import { el } from "../base/dom.js";
import { say } from "../base/texts.js";
import { COLUMNS, columnsText, headingOf } from "./columns.js";

/** @typedef {import("./columns.js").Column} Column */
/** A menu of checkboxes that stays open while columns are chosen. @typedef {{element: HTMLElement, show: (columns: readonly Column[]) => void}} Menu */

/** @param {(text: string) => void} choose is told the columns as they stand in the address @returns {Menu} */
export function columnsMenu(choose) {
  const boxes = COLUMNS.map((column) =>
    el("input", { type: "checkbox", value: column, disabled: column === "name", onchange: () => choose(chosen()) }),
  );
  const chosen = () => columnsText(COLUMNS.filter((_column, k) => boxes[k].checked));
  const labels = COLUMNS.map((column, k) => el("label", {}, boxes[k], headingOf(column)));
  const summary = el("summary", {}, say("list.columns"));
  const element = el(
    "details",
    { class: "columns-menu" },
    summary,
    el("fieldset", {}, el("legend", { class: "visually-hidden" }, say("list.columns")), ...labels),
  );
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    event.stopPropagation(); // it closes the menu, and not the record besides
    element.open = false;
    summary.focus();
  });
  const show = (/** @type {readonly Column[]} */ columns) =>
    boxes.forEach((box, k) => (box.checked = columns.includes(COLUMNS[k])));
  return { element, show };
}
