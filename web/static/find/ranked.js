// Which of many: countries, regions, organisations? The most frequent first, the rest behind "more" or found by typing.

import { el } from "../base/dom.js";
import { numberText, say } from "../base/texts.js";
import { clicked } from "./choices.js";
import { facet } from "./facet.js";
import { codesOf } from "./select.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./facet.js").Entry} Entry */
/** @typedef {"country" | "region" | "owner"} Ranked */

const FEW = 6;
const MANY = 60;

/**
 * @param {Element} root @param {Dataset} dataset @param {import("./state.js").State} state
 * @param {{name: Ranked, title: string, labelOf: (code: string) => string, isWanted?: () => boolean}} options
 * @returns {import("./groups.js").Update}
 */
export function ranked(root, dataset, state, { name, title, labelOf, isWanted = () => true }) {
  const choose = (/** @type {Entry} */ { codes }) => state.change({ [name]: clicked(state.choices[name], codes) });
  const group = facet({ name, label: title, choose });
  const more = el("button", { type: "button", class: "link", "aria-expanded": "false", onclick: () => expand() });
  const typed = el("input", {
    type: "search",
    class: "narrow",
    "aria-label": say("find.narrow", { what: title }),
    placeholder: say("find.narrow", { what: title }),
    oninput: () => last && show(last),
  });
  const section = el("section", { class: "ranked" }, el("h2", {}, title), typed, group.element, more);
  root.append(section);
  /** @type {import("./select.js").Selection | null} */
  let last = null;
  let isOpen = false;

  function expand() {
    isOpen = !isOpen;
    more.setAttribute("aria-expanded", String(isOpen));
    if (last) show(last);
  }

  /** @param {import("./select.js").Selection} selection */
  function show(selection) {
    last = selection;
    const codes = codesOf(dataset, name);
    const counts = selection.counts[name];
    const chosen = state.choices[name];
    const order = mostFirst(codes, counts, chosen, wordsOf(typed.value), labelOf);
    const shown = order.slice(0, isOpen || typed.value ? MANY : FEW);
    section.hidden = !isWanted() || (order.length === 0 && !typed.value);
    typed.hidden = !isOpen && codes.length <= MANY;
    group.offer(shown.map((at) => ({ codes: [codes[at]], label: labelOf(codes[at]) })));
    const positions = new Map(shown.map((at) => [codes[at], at]));
    group.update(({ codes: [code] }) => counts[positions.get(code) ?? counts.length], chosen);
    more.hidden = Boolean(typed.value) || order.length <= FEW;
    more.textContent = isOpen ? say("find.fewer") : say("find.more", { count: numberText(order.length - FEW) });
  }

  return show;
}

/** @param {string} typed */
function wordsOf(typed) {
  return typed.toLowerCase().split(/\s+/).filter(Boolean);
}

/**
 * Positions of the codes that some row has: the chosen first, then by how many rows have them, then by name.
 * @param {readonly string[]} codes @param {Uint32Array} counts @param {ReadonlySet<string> | null} chosen
 * @param {string[]} words that the name must have @param {(code: string) => string} labelOf
 */
export function mostFirst(codes, counts, chosen, words, labelOf) {
  const found = [];
  for (let at = 0; at < codes.length; at += 1) {
    const isChosen = chosen?.has(codes[at]) ?? false;
    if (!counts[at] && !isChosen) continue;
    if (words.length && !words.every((word) => labelOf(codes[at]).toLowerCase().includes(word))) continue;
    found.push({ at, isChosen });
  }
  found.sort((a, b) => Number(b.isChosen) - Number(a.isChosen) || counts[b.at] - counts[a.at] || a.at - b.at);
  return found.map(({ at }) => at);
}
