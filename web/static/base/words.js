// How is said since when something holds?

import { dateText } from "./texts.js";

/**
 * What the date of a project's stage is, and the date: `by 12 Nov 2025`; "" for none.
 * @param {{since: string, sinceBasis: {label: string} | null}} row
 */
export function sinceText({ since, sinceBasis }) {
  return since && sinceBasis ? `${sinceBasis.label} ${dateText(since)}` : "";
}
