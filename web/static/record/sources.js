// Who says so? Numbered sources, and the numbers beside each claim that lead to them.

import { bdi, el, outLink } from "../base/dom.js";
import { dateText } from "../base/words.js";

/** @typedef {(ids: string[] | undefined) => Node | null} References */

/** Makes the superscript numbers for lists of source ids. @param {any[]} sources @returns {References} */
export function references(sources) {
  const numbers = new Map(sources.map((source, i) => [source.id, i + 1]));
  return (ids = []) => {
    const known = ids
      .filter((id) => numbers.has(id))
      .map((id) => ({ number: numbers.get(id) ?? 0, title: sources[(numbers.get(id) ?? 1) - 1].title }));
    return known.length ? el("sup", {}, ...known.map(({ number, title }) => reference(number, title))) : null;
  };
}

/**
 * The address's hash holds the map's view, so the number is a button, not a link to an anchor.
 * @param {number} number
 * @param {string} title
 */
function reference(number, title) {
  const go = () => {
    const source = document.getElementById(`source-${number}`);
    source?.scrollIntoView({ block: "center" });
    source?.focus({ preventScroll: true });
  };
  return el(
    "button",
    { type: "button", class: "reference", "aria-label": `Source ${number}: ${title}`, onclick: go },
    String(number),
  );
}

/** @param {any[]} sources @param {import("../base/terms.js").Terms} terms */
export function sourceList(sources, terms) {
  return el("ol", { class: "sources" }, ...sources.map((source, i) => sourceItem(source, i + 1, terms)));
}

/** @param {any} source @param {number} number @param {import("../base/terms.js").Terms} terms */
function sourceItem(source, number, terms) {
  const type = terms.label("source_type", source.type ?? "other").toLowerCase();
  const facts = [source.publisher, dateText(source.published), type].filter(Boolean);
  return el(
    "li",
    { id: `source-${number}`, tabindex: -1 },
    outLink(source.url, source.title),
    el(
      "div",
      { class: "quiet" },
      bdi(facts.join(" · ")),
      source.archived_url ? " · " : null,
      source.archived_url ? outLink(source.archived_url, "archived copy") : null,
    ),
  );
}
