// What stands beside the map? The answer, the search, and everything by which it can be narrowed.

import { byId } from "../base/dom.js";
import { say } from "../base/texts.js";
import { chips, labelOf } from "./chips.js";
import { groups } from "./groups.js";
import { headline, sums } from "./headline.js";
import { key } from "./key.js";
import { kinds } from "./kinds.js";
import { more } from "./more.js";
import { ranked } from "./ranked.js";
import { search } from "./search.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./groups.js").Update} Update */
/** @typedef {import("./state.js").State} State */

/** What answers a choice at once, and what may come after the picture. @typedef {{now: Update[], after: Update[]}} Rail */

/** What can be there with the first picture. @param {Dataset} dataset @param {State} state @returns {Rail} */
export function railDrawn(dataset, state) {
  const now = [
    headline({ sentence: byId("sentence"), ways: byId("ways") }, dataset, state),
    groups(byId("groups"), dataset, state),
  ];
  const after = [
    kinds(byId("kinds-box"), dataset, state),
    ranked(byId("countries-box"), dataset, state, {
      name: "country",
      title: say("find.country"),
      labelOf: (code) => dataset.countryName(code),
    }),
  ];
  return { now, after };
}

/**
 * What needs the rest of the projects.
 * @param {Dataset} dataset told @param {State} state
 * @param {import("./search.js").Hands} hands @param {() => import("../map/sizes.js").Sizes} sizes the layer's
 * @returns {Rail}
 */
export function railTold(dataset, state, hands, sizes) {
  const box = byId("more-box");
  const now = [search(byId("search-box"), dataset, state, hands), chips(byId("chips"), dataset, state)];
  const after = [
    sums(byId("sums"), dataset),
    ranked(byId("countries-box"), dataset, state, {
      name: "region",
      title: say("find.region"),
      labelOf: (code) => code,
      isWanted: () => state.choices.region !== null || state.choices.country?.size === 1,
    }),
    ranked(box, dataset, state, {
      name: "owner",
      title: say("find.owner"),
      labelOf: (code) => labelOf(dataset, "owner", code),
    }),
    more(box, dataset, state),
    key(byId("key"), dataset, sizes),
  ];
  return { now, after };
}
