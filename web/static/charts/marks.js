// How does a group of stages look in a chart? Its colour is the style sheet's; a pattern tells it apart without colour.

import { el, svg } from "../base/dom.js";

/** @typedef {"planned" | "building" | "operating" | "as_planned" | "paused" | "ended" | "unknown"} Mark */

const TILE = 8; // units of a pattern
/** What is drawn over the colour. @type {Record<Mark, string>} */
const LINES = {
  planned: "M4 3.2v1.6",
  building: "M-2 10 10-2M-2 2 2-2M6 10 10 6",
  operating: "",
  as_planned: "M0 2H8M0 6H8",
  paused: "M2 0V8M6 0V8",
  ended: "M2 2 6 6M6 2 2 6",
  unknown: "M1 7h2",
};
const MARKS = /** @type {Mark[]} */ (Object.keys(LINES));

/** The patterns of one drawing; a document may hold several. @param {string} drawing */
export function patterns(drawing) {
  return svg("defs", {}, ...MARKS.filter((mark) => LINES[mark]).map((mark) => pattern(drawing, mark)));
}

/** @param {string} drawing @param {Mark} mark */
function pattern(drawing, mark) {
  return svg(
    "pattern",
    { id: idOf(drawing, mark), width: TILE, height: TILE, patternUnits: "userSpaceOnUse" },
    svg("path", { d: LINES[mark], class: `pattern pattern-${mark}` }),
  );
}

/** @param {string} drawing @param {Mark} mark */
function idOf(drawing, mark) {
  return `pattern-${drawing}-${mark}`;
}

/**
 * A shape in a group's colour and pattern. @param {string} drawing @param {Mark} mark @param {"path" | "rect"} tag
 * @param {import("../base/dom.js").Attributes} shape
 */
export function marked(drawing, mark, tag, shape) {
  const over = LINES[mark] && svg(tag, { ...shape, fill: `url(#${idOf(drawing, mark)})`, class: "mark-over" });
  return svg("g", {}, svg(tag, { ...shape, class: `mark mark-${mark}` }), over || null);
}

/** What the colours mean. @param {string} drawing @param {{mark: Mark, label: string}[]} entries */
export function legend(drawing, entries) {
  const swatches = entries.map(({ mark, label }) =>
    el(
      "li",
      {},
      svg(
        "svg",
        { width: 20, height: 14, "aria-hidden": "true" },
        marked(drawing, mark, "rect", { x: 0.5, y: 0.5, width: 19, height: 13 }),
      ),
      label,
    ),
  );
  return el("ul", { class: "chart-legend" }, ...swatches);
}
