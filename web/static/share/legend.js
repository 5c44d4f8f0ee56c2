// What does a picture of the map say besides the map?

import { byId } from "../base/dom.js";
import { dateText, say } from "../base/texts.js";
import { GROUPS, colourName, isHollow } from "../map/looks.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */

/** @param {Dataset} dataset @param {Uint32Array} rows @param {HTMLElement} container Leaflet's @returns {Omit<import("./poster.js").Content, "map">} */
export function contentOf(dataset, rows, container) {
  return { headline: byId("sentence").textContent ?? "", legend: legendOf(dataset, rows), ...imprintOf(dataset, container) };
}

/**
 * What is known as of which day, by whom, under which licence, and where it stands.
 * @param {Dataset} dataset @param {HTMLElement} container Leaflet's
 */
export function imprintOf(dataset, container) {
  const date = dataset.now.date ?? new Date().toISOString().slice(0, 10);
  const credit = container.querySelector(".leaflet-control-attribution")?.textContent ?? "";
  return {
    date: say("share.picture_as_of", { date: dateText(date) }),
    credit: say("share.picture_credit", { site: siteName(), credit }),
    address: location.protocol.startsWith("http") ? location.href : "",
  };
}

/** The groups of stages that there are, with how many are in each. @param {Dataset} dataset @param {Uint32Array} rows */
export function legendOf(dataset, rows) {
  const counts = new Uint32Array(dataset.codes.status_group.length);
  for (const row of rows) counts[dataset.groupOfStatus[dataset.now.status[row]]] += 1;
  const style = getComputedStyle(document.documentElement);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return GROUPS.flatMap((group) => {
    const count = counts[dataset.codes.status_group.indexOf(group)];
    const label = say("share.legend_entry", { label: say(`find.group_${group}`), count });
    const fill = isHollow(group) ? "none" : colour(colourName(group, "fill"));
    return count ? [{ label, fill, line: colour(colourName(group, "line")) }] : [];
  });
}

/** The instance's own name; the title of the page may be that of the open record. */
export function siteName() {
  return document.querySelector("h1")?.textContent?.trim() ?? "";
}
