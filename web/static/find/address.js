// What does the page's address ask for, by the codes that the data have?

import { DIMENSIONS } from "./choices.js";
import { codesOf } from "./select.js";
import { hashOf, read } from "./url.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */

/** The statuses of each group. @param {Dataset} dataset @returns {Record<string, string[]>} */
export function statusesByGroup(dataset) {
  /** @type {Record<string, string[]>} */
  const statuses = {};
  dataset.codes.status.forEach((code, at) => (statuses[dataset.groups.status[at]] ??= []).push(code));
  return statuses;
}

/** @param {Dataset} dataset */
export function addressed(dataset) {
  const codes = Object.fromEntries(DIMENSIONS.map(({ name }) => [name, known(dataset, name)]));
  return read(location.hash || hashOf(location.search), { codes, groups: statusesByGroup(dataset) });
}

/** Codes that are not known yet cannot be told from wrong ones. @param {Dataset} dataset @param {import("./choices.js").Dimension} name */
function known(dataset, name) {
  return ["region", "owner"].includes(name) && !dataset.isTold ? undefined : codesOf(dataset, name);
}
