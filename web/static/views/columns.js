// What does a list say of a project? Each column's heading, its cell, and what the address calls it.

import { bdi, el } from "../base/dom.js";
import { lastDay } from "../base/asof.js";
import { dateText, numberText, say } from "../base/texts.js";
import { kindIcon, statusIcon } from "../map/symbols.js";

/** @typedef {import("../base/row.js").Row} Row */
/** @typedef {import("../find/order.js").Sort} Column */

const DEFAULT = /** @type {Column[]} */ (["name", "kind", "stage", "capacity", "country", "owner", "start"]);
/** In the order in which they are offered and stand. @type {readonly Column[]} */
export const COLUMNS = [
  "name",
  "kind",
  "stage",
  "capacity",
  "country",
  "place",
  "owner",
  "start",
  "freshness",
  "sources",
];
/** Those whose cells are numbers. @type {readonly Column[]} */
export const NUMBERS = ["capacity", "sources"];

/** `name,kind` as it stands in the address; the name is always there. @param {string | undefined} text @returns {Column[]} */
export function readColumns(text) {
  const asked = (text ?? "").split(",");
  const known = COLUMNS.filter((name) => name === "name" || asked.includes(name));
  return known.length > 1 || asked.includes("name") ? known : DEFAULT;
}

/** "" for the columns that need no saying. @param {readonly Column[]} columns */
export function columnsText(columns) {
  const stated = COLUMNS.filter((name) => columns.includes(name)).join(",");
  return stated === DEFAULT.join(",") ? "" : stated;
}

/** @param {Column} column */
export function headingOf(column) {
  return say(`list.${column}`);
}

/**
 * What a column says of a project, as a text; "" where nothing is known.
 * @param {Row} row @param {Column} column @param {number} day whose state is shown, in days from 1970
 */
export function textOf(row, column, day) {
  return TEXTS[column](row, day);
}

/** @type {Record<Column, (row: Row, day: number) => string>} */
const TEXTS = {
  name: (row) => row.name,
  kind: (row) => row.kind.label,
  stage: (row) => row.status.label,
  capacity: capacityText,
  owner: (row) => row.owners,
  country: (row) => row.countryName,
  place: placeText,
  start: startText,
  freshness: freshnessText,
  sources: (row) => numberText(row.sources),
};

/** `since 12 Nov 2025`, `reported 12 Nov 2025`. @param {Row} row */
export function sinceText({ since, sinceBasis }) {
  return since && sinceBasis ? say(`list.since_${sinceBasis.code}`, { date: dateText(since) }) : "";
}

/** `20 GWh a year, planned`. @param {Row} row */
function capacityText({ capacity }) {
  if (!capacity) return "";
  const { amount, basis, measure } = capacity;
  return say(`list.figure_${basis.code}`, { figure: amount, unit: measure.unit ?? "" });
}

/** @param {Row} row */
function placeOf({ region, countryName }) {
  return region ? say("list.in_country", { region, country: countryName }) : countryName;
}

/** @param {Row} row */
function placeText(row) {
  return say("list.place_known", { place: placeOf(row), accuracy: row.accuracy.label });
}

/** The start, or by when it operated, or the newest plan. @param {Row} row @param {number} day */
function startText({ start: { actual, by, planned } }, day) {
  if (actual) return say("list.started", { date: dateText(actual) });
  if (by) return say("list.operating_by", { date: dateText(by) });
  if (!planned) return "";
  return say(lastDay(planned) < day ? "list.start_late" : "list.start_planned", { date: dateText(planned) });
}

/** @param {Row} row */
function freshnessText({ newest, isStale }) {
  if (!newest) return isStale ? say("list.stale") : "";
  return isStale ? say("list.newest_stale", { date: dateText(newest) }) : dateText(newest);
}

/** @param {Row} row @param {Column} column @param {number} day @param {(row: Row) => void} open */
export function cellOf(row, column, day, open) {
  if (column === "name") return nameLink(row, open);
  if (column === "kind") return withIcon(kindIcon(row.kind), row.kind.label);
  if (column === "stage") return withIcon(statusIcon(row.status), row.status.label, quiet(sinceText(row)));
  if (column === "capacity") return capacityCell(row);
  if (column === "place") return el("span", {}, bdi(placeOf(row)), " ", quiet(row.accuracy.label) ?? null);
  return bdi(textOf(row, column, day));
}

/** @param {Row} row @param {(row: Row) => void} open */
export function nameLink(row, open) {
  const key = keyOfName(row.id);
  return el("button", { type: "button", class: "link", "data-key": key, onclick: () => open(row) }, bdi(row.name));
}

/** By which the button is found again when rows are made anew. @param {string} id */
export function keyOfName(id) {
  return `open ${id}`;
}

/** @param {Node} icon @param {string} text @param {Node} [more] */
export function withIcon(icon, text, more) {
  return el("span", { class: "with-icon" }, icon, el("span", {}, text, more ? " " : null, more ?? null));
}

/** @param {string} text */
function quiet(text) {
  return text ? el("span", { class: "quiet" }, text) : undefined;
}

/** The figure over what it is, so that figures stand one beneath the other. @param {Row} row */
function capacityCell({ capacity }) {
  if (!capacity) return el("span", {});
  const { amount, basis, measure } = capacity;
  const note = say(`list.of_${basis.code}`, { unit: measure.unit ?? "" });
  return el("span", {}, numberText(amount), " ", quiet(note) ?? null);
}
