// Nothing matches: which filter is in the way, and what is nearest to what was asked for?

import { listText, say } from "../base/texts.js";
import { chipsOf } from "./chips.js";
import { select } from "./select.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./choices.js").Choices} Choices */
/** What can be done, in words, and the choices it leads to. @typedef {{text: string, patch: Partial<Choices>, count: number}} Way */

const MOST = 3;
const MOST_SAID = 3;

/** The filters whose removal shows something, the closest answer first. @param {Dataset} dataset @param {Choices} choices @returns {Way[]} */
export function waysOut(dataset, choices) {
  const ways = chipsOf(dataset, choices).map(({ text, without }) => {
    const { rows } = select(dataset, { ...choices, ...without });
    return { text: say("find.without", { filter: text, count: rows.length }), patch: without, count: rows.length };
  });
  const open = ways.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
  return open.slice(0, MOST);
}

/**
 * What there is in place of the stages that were asked for: `1 commissioning and 2 operating`; "" where other filters are
 * in the way too.
 * @param {Dataset} dataset @param {Choices} choices
 */
export function atOtherStages(dataset, choices) {
  if (choices.status === null) return "";
  const { counts } = select(dataset, { ...choices, status: null });
  const found = dataset.codes.status.flatMap((code, at) => (counts.status[at] ? [{ code, count: counts.status[at] }] : []));
  const said = found
    .slice(0, MOST_SAID)
    .map(({ code, count }) => say("find.count_of", { count, what: dataset.termOf("status", code).label.toLowerCase() }));
  return said.length ? say("find.at_other_stages", { stages: listText(said) }) : "";
}
