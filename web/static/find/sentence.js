// What is on the map, in one sentence?

import { codeOf } from "./filters.js";
import { listText, numberText, plural } from "../base/words.js";

/** @typedef {import("../base/snapshot.js").Row} Row */

/** How the groups of statuses are said, in the order of the sentence. */
const SAID = {
  operating: "operating",
  building: "being built",
  planned: "planned",
  paused: "paused",
  ended: "ended",
  unknown: "of unknown stage",
};

/** `58 projects in 5 countries: 20 operating, 9 being built and 29 planned.` @param {Row[]} rows */
export function sentence(rows) {
  if (rows.length === 0) return "No project matches. Clear a filter to see more.";
  const countries = new Set(rows.map((row) => codeOf(row, "country"))).size;
  const parts = Object.entries(SAID).flatMap(([group, words]) => {
    const count = rows.filter((row) => row.status.group === group).length;
    return count ? [`${numberText(count)}\u00a0${words}`] : [];
  });
  return `${plural(rows.length, "project")} in ${plural(countries, "country", "countries")}: ${listText(parts)}.`;
}
