// What is on the map, as a table for keyboard and screen reader?

import { bdi, el, fill } from "../base/dom.js";
import { unplaced } from "./filters.js";
import { kindIcon, statusIcon } from "../map/symbols.js";
import { numberText, plural, sinceText } from "../base/words.js";

/** @typedef {import("../base/snapshot.js").Row} Row */
/** @typedef {import("./filters.js").Selection} Selection */
/** @typedef {{title: string, key: (row: Row) => string, cell: (row: Row) => Node}} Column */

const PAGE = 200; // rows made at a time: ten thousand would take seconds

export class ProjectList {
  /** @type {Row[]} */
  #rows = [];
  #tab = "map";
  #shown = PAGE;
  #sorted = 0;
  #descending = false;
  #columns;
  #root;
  #state;

  /**
   * @param {HTMLElement} root @param {import("../base/snapshot.js").Dataset} dataset @param {import("./state.js").State} state
   * @param {(row: Row) => void} open
   */
  constructor(root, dataset, state, open) {
    this.#root = root;
    this.#state = state;
    this.#columns = columnsOf(dataset, open);
  }

  /** @param {Selection} selection */
  update({ rows }) {
    const { tab } = this.#state.choices;
    this.#root.hidden = tab === "map";
    if (tab === "map") return;
    const wanted = tab === "unplaced" ? unplaced(rows) : [...rows];
    if (tab === this.#tab && sameRows(wanted, this.#rows)) return; // the reader's place in the table stays
    [this.#tab, this.#rows, this.#shown] = [tab, wanted, PAGE];
    this.#render();
  }

  #render() {
    const { key } = this.#columns[this.#sorted];
    const order = this.#descending ? -1 : 1;
    const rows = [...this.#rows].sort((a, b) => order * key(a).localeCompare(key(b)));
    const { tab } = this.#state.choices;
    fill(
      this.#root,
      el("h2", {}, `${plural(rows.length, "project")}${tab === "unplaced" ? " without a place" : ""}`),
      tab === "unplaced" &&
        el(
          "button",
          { type: "button", class: "link", onclick: () => this.#state.change({ tab: "list" }) },
          "List all projects",
        ),
      el(
        "div",
        { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Table of projects" },
        this.#table(rows),
      ),
    );
  }

  /** @param {Row[]} rows */
  #table(rows) {
    const head = el("tr", {}, ...this.#columns.map((column, i) => this.#heading(column, i)));
    const body = rows
      .slice(0, this.#shown)
      .map((row) => el("tr", { "data-id": row.id }, ...this.#columns.map(({ cell }) => el("td", {}, cell(row)))));
    const rest = rows.length - this.#shown;
    const more = () => {
      this.#shown += PAGE;
      this.#render();
    };
    const foot =
      rest > 0 &&
      el(
        "tfoot",
        {},
        el(
          "tr",
          {},
          el(
            "td",
            { colspan: 5 },
            el("button", { type: "button", onclick: more }, `Show more (${numberText(rest)} left)`),
          ),
        ),
      );
    return el("table", {}, el("thead", {}, head), el("tbody", {}, ...body), foot);
  }

  /** @param {Column} column @param {number} i */
  #heading({ title }, i) {
    const sorted = this.#sorted === i;
    const sort = () => {
      this.#descending = sorted && !this.#descending;
      this.#sorted = i;
      this.#render();
      /** @type {HTMLElement | undefined} */ (this.#root.querySelectorAll("th button")[i])?.focus();
    };
    const direction = !sorted ? "none" : this.#descending ? "descending" : "ascending";
    return el("th", { scope: "col", "aria-sort": direction }, el("button", { type: "button", onclick: sort }, title));
  }
}

/** @param {Row[]} some @param {Row[]} others */
function sameRows(some, others) {
  return some.length === others.length && some.every((row, i) => row === others[i]);
}

/** @param {import("../base/snapshot.js").Dataset} dataset @param {(row: Row) => void} open @returns {Column[]} */
function columnsOf(dataset, open) {
  const country = (/** @type {Row} */ row) => dataset.countries[row.country] ?? row.country;
  return [
    {
      title: "Name",
      key: (row) => row.folded,
      cell: (row) => el("button", { type: "button", class: "link", onclick: () => open(row) }, bdi(row.name)),
    },
    {
      title: "Kind",
      key: (row) => row.kind.label,
      cell: (row) => el("span", { class: "with-icon" }, kindIcon(row.kind), row.kind.label),
    },
    {
      title: "Stage",
      key: (row) => `${String(100 + dataset.statuses.indexOf(row.status))} ${row.since ?? ""}`,
      cell: stageCell,
    },
    { title: "Country", key: country, cell: (row) => new Text(country(row)) },
    { title: "Who is named", key: (row) => row.owners.toLowerCase(), cell: (row) => bdi(row.owners) },
  ];
}

/** @param {Row} row */
function stageCell(row) {
  return el(
    "span",
    { class: "with-icon" },
    statusIcon(row.status),
    el("span", {}, row.status.label, " ", el("span", { class: "quiet" }, sinceText(row))),
  );
}
