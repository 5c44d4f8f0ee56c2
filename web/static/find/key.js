// What do outline and hatching say about the place?

import { el, fill, svg } from "../base/dom.js";
import { unplaced } from "./filters.js";
import { plural } from "../base/words.js";

/** @typedef {import("./filters.js").Selection} Selection */

/** @param {Element} root @param {import("./state.js").State} state @returns {(selection: Selection) => void} */
export function placeKey(root, state) {
  const missing = el("button", {
    type: "button",
    id: "unplaced",
    class: "link",
    onclick: () => state.change({ tab: "unplaced" }),
  });
  fill(
    root,
    el("h2", {}, "Place"),
    el(
      "ul",
      { class: "place-key" },
      entry(outline(null), "Solid outline: the site itself"),
      entry(outline("2.6 2.2"), "Dashed: only the town or district is known; a ring shows how far off"),
      entry(hatching(), "Hatched: somewhere in this area"),
    ),
    missing,
  );
  return ({ rows }) => {
    const count = unplaced(rows).length;
    missing.hidden = count === 0;
    missing.textContent = `${plural(count, "project")} without a place`;
  };
}

/** @param {Element} icon @param {string} text */
function entry(icon, text) {
  return el("li", {}, icon, el("span", {}, text));
}

/** @param {string | null} dashes */
function outline(dashes) {
  const circle = svg("circle", {
    r: 7,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.6,
    "stroke-dasharray": dashes,
  });
  return svg("svg", { class: "icon", viewBox: "-9 -9 18 18", width: 16, height: 16, "aria-hidden": "true" }, circle);
}

function hatching() {
  const frame = svg("path", {
    d: "M-7.5-7.5H7.5V7.5H-7.5Z",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.4,
    "stroke-dasharray": "3 2",
  });
  const lines = svg("path", {
    d: "M-7-2 2 7M-7 3-3 7M-6-6 6 6M-2-7 7 2M3-7 7-3",
    stroke: "currentColor",
    "stroke-width": 0.9,
  });
  return svg(
    "svg",
    { class: "icon", viewBox: "-9 -9 18 18", width: 16, height: 16, "aria-hidden": "true" },
    frame,
    lines,
  );
}
