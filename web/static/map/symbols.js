// What do stages, groups, kinds and sizes look like in a legend or a list?

import { svg } from "../base/dom.js";
import { CIRCLE, colourName, glyphOf, isHollow, shapeOf } from "./looks.js";

/** @typedef {import("../base/dataset.js").Term} Term */
/** @typedef {import("./sizes.js").Sizes} Sizes */

/** A status as a small round sign for legends and chips. @param {Pick<Term, "code" | "group">} status */
export function statusIcon({ code, group }) {
  return sign("status-icon", group || "unknown", glyphOf(code));
}

/** A group of statuses as a small round sign. @param {Pick<Term, "code">} group */
export function groupIcon({ code }) {
  return sign("group-icon", code, "");
}

/** @param {string} name @param {string} group @param {string} glyph */
function sign(name, group, glyph) {
  const hollow = isHollow(group);
  const fill = `var(${colourName(group, "fill")})`;
  return svg(
    "svg",
    { class: `icon ${name}`, viewBox: "-9 -9 18 18", width: 16, height: 16, "aria-hidden": "true" },
    svg("path", {
      d: CIRCLE,
      fill: hollow ? "none" : fill,
      stroke: hollow ? fill : `var(${colourName(group, "line")})`,
      "stroke-width": hollow ? 1.8 : 1.2,
    }),
    svg("path", {
      d: glyph,
      fill: "none",
      stroke: `var(${colourName(group, "glyph")})`,
      "stroke-width": 1.8,
      "stroke-linejoin": "round",
    }),
  );
}

/** A kind as a small sign. @param {Pick<Term, "code">} kind */
export function kindIcon({ code }) {
  return svg(
    "svg",
    { class: "icon kind-icon", viewBox: "-9.5 -9.5 19 19", width: 14, height: 14, "aria-hidden": "true" },
    svg("path", { d: shapeOf(code), fill: "currentColor" }),
  );
}

/**
 * Samples of sizes within one measure, each over the last and all on one ground line.
 * @param {Pick<Term, "code" | "label">} measure
 * @param {number[]} amounts
 * @param {Sizes} sizes the layer's
 */
export function sizeKey(measure, amounts, sizes) {
  const across = amounts.map((amount) => sizes.across(sizes.codes.indexOf(measure.code), amount));
  const most = Math.max(...across, 0) + 2;
  return svg(
    "svg",
    { class: "icon size-key", viewBox: `0 0 ${most} ${most}`, width: most, height: most, "aria-hidden": "true" },
    ...across.map((size) =>
      svg("circle", {
        cx: most / 2,
        cy: most - 1 - size / 2,
        r: size / 2,
        fill: "none",
        stroke: "currentColor",
        "stroke-width": 1.2,
      }),
    ),
  );
}
