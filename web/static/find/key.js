// What do size, edge, ring and tag of a symbol say?

import { el, fill, svg } from "../base/dom.js";
import { numberText, say } from "../base/texts.js";
import { sizeKey } from "../map/symbols.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../map/sizes.js").Sizes} Sizes */

const BOX = { class: "icon", viewBox: "-11 -11 22 22", width: 22, height: 22, "aria-hidden": "true" };

/** @param {Element} root @param {Dataset} dataset @param {() => Sizes} sizes the layer's @returns {import("./groups.js").Update} */
export function key(root, dataset, sizes) {
  const size = el("li", {});
  fill(
    root,
    el("h2", {}, say("find.key")),
    el(
      "ul",
      { class: "signs" },
      size,
      entry(symbol(), say("find.key_site")),
      entry(softSymbol(), say("find.key_rough")),
      entry(tag(), say("find.key_country")),
      entry(ring(), say("find.key_crowd")),
    ),
  );
  return ({ rows }) => {
    const code = mostMeasured(dataset, rows);
    size.hidden = code === null;
    if (code === null) return;
    const measure = dataset.termOf("measure", code);
    const samples = sizes().samples(code);
    const said = samples.map((amount) => numberText(amount)).join(" · ");
    fill(size, sizeKey(measure, samples, sizes()), el("span", {}, say("find.key_size", { measure: measure.label, samples: said, unit: measure.unit ?? "" })));
  };
}

/** The measure that most of the rows are sized by. @param {Dataset} dataset @param {Uint32Array} rows */
function mostMeasured(dataset, rows) {
  const counts = new Uint32Array(256);
  for (const i of rows) counts[dataset.now.measure[i]] += 1;
  const [at] = dataset.codes.measure.map((_code, i) => i).sort((a, b) => counts[b] - counts[a]);
  return at !== undefined && counts[at] > 0 ? dataset.codes.measure[at] : null;
}

/** @param {Element} icon @param {string} text */
function entry(icon, text) {
  return el("li", {}, icon, el("span", {}, text));
}

function symbol() {
  return svg("svg", BOX, svg("rect", { x: -6, y: -6, width: 12, height: 12, class: "key-symbol" }));
}

function softSymbol() {
  const soft = svg("rect", { x: -8.5, y: -8.5, width: 17, height: 17, rx: 2, class: "key-soft" });
  return svg("svg", BOX, soft, svg("rect", { x: -6, y: -6, width: 12, height: 12, class: "key-core" }));
}

function tag() {
  const box = svg("rect", { x: -10, y: -6, width: 20, height: 12, rx: 6, class: "key-tag" });
  return svg("svg", BOX, box, svg("circle", { cx: -4, r: 2.5, class: "key-tag" }));
}

function ring() {
  const arc = (/** @type {string} */ group, /** @type {string} */ dash) =>
    svg("circle", { r: 8, fill: "none", "stroke-width": 4, "stroke-dasharray": dash, class: `key-${group}` });
  return svg("svg", BOX, arc("operating", "50.3"), arc("planned", "20 30.3"));
}
