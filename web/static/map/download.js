// How does the reader take away just what is shown?

import { DIMENSIONS } from "./filters.js";
import { numberText } from "./words.js";

const MOST = 10_000; // what the API gives at once

/** @param {HTMLAnchorElement} link @param {import("./filters.js").Choices} choices @param {number} count */
export function offer(link, choices, count) {
  const asked = new URLSearchParams({ limit: String(MOST) });
  for (const dimension of DIMENSIONS) {
    const chosen = choices[dimension];
    if (chosen) asked.set(dimension, [...chosen].join(","));
  }
  if (choices.q.trim()) asked.set("q", choices.q.trim());
  link.href = `/api/collections/projects/items?${asked}`;
  link.textContent = `Download these ${numberText(count)}`;
}
