// How does the reader take away just what is shown?

import { DIMENSIONS } from "./filters.js";
import { numberText } from "./words.js";

const MOST = 10_000; // what the API gives at once

/** @param {HTMLAnchorElement} link @param {import("./filters.js").Choices} choices @param {number} count */
export function offer(link, choices, count) {
  if (count === 0) {
    link.removeAttribute("href");
    link.textContent = "Nothing to download";
    return;
  }
  link.href = addressOf(choices);
  link.textContent = `Download these ${numberText(count)}`;
}

/** The address of just the chosen records. @param {import("./filters.js").Choices} choices */
export function addressOf(choices) {
  const asked = new URLSearchParams({ limit: String(MOST) });
  for (const dimension of DIMENSIONS) {
    const chosen = choices[dimension];
    if (chosen) asked.set(dimension, [...chosen].join(","));
  }
  if (choices.q.trim()) asked.set("q", choices.q.trim());
  return `/api/collections/projects/items?${asked}`;
}
