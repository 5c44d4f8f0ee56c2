// Which link of the chain? Its segments in their order are a strip; the kinds themselves are behind "more".

import { el } from "../base/dom.js";
import { say } from "../base/texts.js";
import { kindIcon } from "../map/symbols.js";
import { clicked } from "./choices.js";
import { facet } from "./facet.js";
import { codesOf } from "./select.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./facet.js").Entry} Entry */
/** @typedef {import("./state.js").State} State */

/** @param {Element} root @param {Dataset} dataset @param {State} state @returns {import("./groups.js").Update} */
export function kinds(root, dataset, state) {
  const choose = (/** @type {Entry} */ { codes }) => state.change({ kind: clicked(state.choices.kind, codes) });
  const strip = facet({ name: "segment", label: say("find.chain"), choose });
  const list = facet({ name: "kind", label: say("find.kinds"), choose, bars: false });
  const terms = dataset.words.vocabularies.kind;
  strip.offer(dataset.words.vocabularies.segment.map((segment) => segmentEntry(segment, terms)));
  list.offer(terms.map((term) => ({ codes: [term.code], ...term, icon: kindIcon(term) })));
  root.append(
    el("h2", {}, say("find.chain")),
    strip.element,
    el("details", { class: "more", id: "kinds" }, el("summary", {}, say("find.more_kinds", { count: terms.length })), list.element),
  );
  const codes = codesOf(dataset, "kind");
  return ({ counts }) => {
    const countOf = (/** @type {Entry} */ entry) => entry.codes.reduce((sum, code) => sum + (counts.kind[codes.indexOf(code)] ?? 0), 0);
    strip.update(countOf, state.choices.kind);
    list.update(countOf, state.choices.kind);
  };
}

/** @param {import("../base/dataset.js").Term} segment @param {import("../base/dataset.js").Term[]} kinds @returns {Entry} */
function segmentEntry(segment, kinds) {
  const codes = kinds.filter(({ group }) => group === segment.code).map(({ code }) => code);
  return { codes, label: say(`find.segment_${segment.code}`), definition: segment.definition };
}
