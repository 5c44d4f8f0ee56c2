// What is the answer to what the reader chose, in one sentence and its sums?

import { el, fill } from "../base/dom.js";
import { dateText, listText, say } from "../base/texts.js";
import { isFiltered } from "./choices.js";
import { atOtherStages, waysOut } from "./nearest.js";
import { codesOf } from "./select.js";
import { sumsText } from "./sums.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./state.js").State} State */

const MOST_NAMED = 3;

/** What the selection adds up to, beneath the sentence. @param {Element} root @param {Dataset} dataset @returns {import("./groups.js").Update} */
export function sums(root, dataset) {
  return ({ rows }) => (root.textContent = sumsText(dataset, rows));
}

/**
 * @param {{sentence: Element, ways: Element}} places @param {Dataset} dataset @param {State} state
 * @returns {import("./groups.js").Update}
 */
export function headline({ sentence, ways }, dataset, state) {
  return (selection) => {
    const text = sentenceOf(dataset, state.choices, selection);
    if (sentence.textContent !== text) sentence.textContent = text; // a live region is read out whenever it is written
    fill(ways, ...(selection.rows.length === 0 && dataset.isTold ? helpOf(dataset, state) : []));
  };
}

/**
 * `52 cell factories being built in 12 countries`, as far as what is chosen has short words.
 * @param {Dataset} dataset @param {import("./choices.js").Choices} choices @param {import("./select.js").Selection} selection
 */
export function sentenceOf(dataset, choices, { rows }) {
  const count = rows.length;
  if (count === 0 && isFiltered(choices)) return say("find.none");
  const where = placeOf(dataset, choices, rows);
  const main = say("find.headline", { count, where });
  return choices.as_of ? say("find.headline_as_of", { headline: main, date: dateText(choices.as_of) }) : main;
}

/** @param {Dataset} dataset @param {import("./choices.js").Choices} choices @param {Uint32Array} rows */
function placeOf(dataset, choices, rows) {
  const present = new Uint8Array(dataset.codes.country.length);
  for (const i of rows) present[dataset.country[i]] = 1;
  const codes = codesOf(dataset, "country").filter((_code, at) => present[at]);
  if (choices.country !== null && codes.length > 0 && codes.length <= MOST_NAMED)
    return say("find.in_named", { places: listText(codes.map((code) => dataset.countryName(code))) });
  return say("find.in_countries", { count: codes.length });
}

/** @param {Dataset} dataset @param {State} state */
function helpOf(dataset, state) {
  const nearest = atOtherStages(dataset, state.choices);
  const ways = waysOut(dataset, state.choices);
  return [
    nearest && el("p", { id: "nearest" }, nearest),
    ways.length > 0 && el("p", {}, say("find.try")),
    ...ways.map(({ text, patch }) =>
      el("button", { type: "button", class: "way", onclick: () => state.change(patch) }, text),
    ),
  ];
}
