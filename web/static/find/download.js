// How does the reader take away just what is shown?

import { DIMENSIONS } from "./filters.js";
import { numberText } from "../base/words.js";

const MOST = 10_000; // what the API gives at once

/**
 * @param {HTMLAnchorElement} link @param {import("./filters.js").Choices} choices @param {number} count
 * @param {import("./url.js").Codes} known
 */
export function offer(link, choices, count, known) {
  if (count === 0) {
    link.removeAttribute("href");
    link.textContent = "Nothing to download";
    return;
  }
  link.href = addressOf(choices, known);
  link.textContent = `Download these ${numberText(count)}`;
}

/**
 * The address of just the chosen records; the API would refuse a code that is not known.
 * @param {import("./filters.js").Choices} choices @param {import("./url.js").Codes} known
 */
export function addressOf(choices, known) {
  const asked = new URLSearchParams({ limit: String(MOST) });
  for (const dimension of DIMENSIONS) {
    const chosen = choices[dimension];
    if (chosen) asked.set(dimension, [...chosen].filter((code) => known[dimension].includes(code)).join(","));
  }
  if (choices.q.trim()) asked.set("q", choices.q.trim());
  return `/api/collections/projects/items?${asked}`;
}
