// At what stage? Five groups are the map's legend and its first filter; the stages themselves are behind "more".

import { el } from "../base/dom.js";
import { say } from "../base/texts.js";
import { groupIcon, statusIcon } from "../map/symbols.js";
import { statusesByGroup } from "./address.js";
import { clicked } from "./choices.js";
import { facet } from "./facet.js";
import { codesOf } from "./select.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./select.js").Selection} Selection */
/** @typedef {import("./state.js").State} State */
/** @typedef {(selection: Selection) => void} Update */
/** @typedef {import("./facet.js").Entry} Entry */

const ORDER = ["operating", "building", "planned", "paused", "ended", "unknown"];

/** @param {Element} root @param {Dataset} dataset @param {State} state @returns {Update} */
export function groups(root, dataset, state) {
  const choose = (/** @type {Entry} */ { codes }) => state.change({ status: clicked(state.choices.status, codes) });
  const byGroup = statusesByGroup(dataset);
  const legend = facet({ name: "group", label: say("find.stage"), choose });
  const stages = facet({ name: "status", label: say("find.stages"), choose });
  legend.offer(ORDER.filter((code) => byGroup[code]).map((code) => groupEntry(dataset, code, byGroup[code])));
  stages.offer(dataset.words.vocabularies.status.map((term) => ({ codes: [term.code], ...term, icon: statusIcon(term) })));
  root.append(
    legend.element,
    el(
      "details",
      { class: "more", id: "stages" },
      el("summary", {}, say("find.more_stages", { count: dataset.words.vocabularies.status.length })),
      stages.element,
    ),
  );
  const codes = codesOf(dataset, "status");
  return ({ counts }) => {
    const countOf = (/** @type {Entry} */ entry) => entry.codes.reduce((sum, code) => sum + (counts.status[codes.indexOf(code)] ?? 0), 0);
    legend.update(countOf, state.choices.status);
    stages.update(countOf, state.choices.status);
  };
}

/** @param {Dataset} dataset @param {string} code @param {string[]} statuses @returns {Entry} */
function groupEntry(dataset, code, statuses) {
  const term = dataset.termOf("status_group", code);
  return { codes: statuses, label: say(`find.group_${code}`), definition: term.definition, icon: groupIcon(term), class: `group-${code}` };
}
