// What does every chart have? A sentence as its title, a drawing, notes, and its numbers as a table.

import { el, fill, svg } from "../base/dom.js";
import { numberText, say } from "../base/texts.js";

/** The first cell of a row heads it. @typedef {{summary: string, make: () => {heads: string[], rows: (string | number | Node)[][]}}} Table */
/**
 * `draw` makes the drawing for a width in CSS pixels. Tables are made when they are opened; there are always as many.
 * @typedef {object} Picture
 * @property {string} title a sentence that says what is seen
 * @property {((width: number) => Element) | null} draw null where there is nothing to draw
 * @property {Node | null} [legend]
 * @property {string[]} notes
 * @property {Table[]} tables
 */

const LEAST_WIDTH = 240;

export class Figure {
  #title = el("h3", {});
  #drawing = el("div", { class: "chart-drawing" });
  #legend = el("div", {});
  #notes = el("div", { class: "chart-notes" });
  #tables = el("div", { class: "chart-tables" });
  /** @type {Picture | null} */
  #picture = null;

  /** @param {string} name @param {...(Node | null)} controls what the reader can choose for this chart alone */
  constructor(name, ...controls) {
    this.element = el(
      "figure",
      { class: `chart chart-${name}` },
      el("figcaption", {}, this.#title),
      ...controls,
      this.#legend,
      this.#drawing,
      this.#notes,
      this.#tables,
    );
  }

  /** @param {Picture} picture @param {number} width */
  show(picture, width) {
    this.#picture = picture;
    fill(this.#title, picture.title);
    fill(this.#legend, picture.legend ?? null);
    fill(this.#notes, ...picture.notes.filter(Boolean).map((note) => el("p", {}, note)));
    this.#showTables(picture);
    this.draw(width);
  }

  /** @param {number} width */
  draw(width) {
    const draw = this.#picture?.draw;
    fill(this.#drawing, draw ? draw(Math.max(LEAST_WIDTH, width)) : null);
  }

  /** What is open stays open. @param {Picture} picture */
  #showTables({ title, tables }) {
    const open = Array.from(this.#tables.children, (each) => /** @type {HTMLDetailsElement} */ (each).open);
    fill(
      this.#tables,
      ...tables.map((table, at) =>
        detailsOf(table, at === 0 ? say("charts.table_of", { title }) : table.summary, open[at] ?? false),
      ),
    );
  }
}

/** @param {Table} table @param {string} label no other on the page @param {boolean} open */
function detailsOf({ summary, make }, label, open) {
  const content = el("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": label });
  const details = el("details", { open }, el("summary", {}, summary), content);
  const makeOnce = () => details.open && content.childElementCount === 0 && fill(content, tableOf(label, make()));
  details.addEventListener("toggle", makeOnce);
  makeOnce();
  return details;
}

/** @param {string} label @param {ReturnType<Table["make"]>} made */
function tableOf(label, { heads, rows }) {
  return el(
    "table",
    {},
    el("caption", { class: "visually-hidden" }, label),
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, ...rows.map((cells) => el("tr", {}, ...cells.map(cellOf)))),
  );
}

/** @param {string | number | Node} value @param {number} at */
function cellOf(value, at) {
  const shown = typeof value === "number" ? numberText(value) : value;
  return at === 0
    ? el("th", { scope: "row" }, shown)
    : el("td", { class: typeof value === "number" ? "number" : null }, shown);
}

/**
 * A drawing whose numbers are in the table beneath it. @param {string} title @param {number} width @param {number} height
 * @param {...(Node | null)} parts
 */
export function drawing(title, width, height, ...parts) {
  return svg(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": say("charts.drawing", { title }) },
    ...parts,
  );
}
