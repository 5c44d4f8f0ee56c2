// How does the reader choose among codes? A group of checkboxes, one tab stop, arrow keys within.

import { el, fill } from "../base/dom.js";
import { numberText } from "../base/texts.js";

/**
 * One box: the codes it stands for, what it is called, its sign. @typedef {{codes: readonly string[], label: string, definition?: string, icon?: Node | null, class?: string}} Entry
 */
/**
 * @typedef {object} Group
 * @property {HTMLElement} element
 * @property {(entries: readonly Entry[]) => void} offer puts up these boxes; those that stay keep the focus
 * @property {(countOf: (entry: Entry) => number, chosen: ReadonlySet<string> | null) => void} update
 */

const STEPS = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 });

/**
 * @param {{name: string, label: string, choose: (entry: Entry) => void, bars?: boolean}} options `name` of what is chosen, for tests and styles
 * @returns {Group}
 */
export function facet({ name, label, choose, bars = true }) {
  /** @type {Map<string, {entry: Entry, button: HTMLElement, count: HTMLElement, bar: HTMLElement}>} */
  let boxes = new Map();
  const element = el("div", { class: `facet facet-${name}`, role: "group", "aria-label": label, onkeydown: pressed });

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const buttons = Array.from(boxes.values(), ({ button }) => button);
    const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const target = event.key in STEPS ? at + STEPS[event.key] : event.key === "Home" ? 0 : event.key === "End" ? -1 : NaN;
    if (at < 0 || Number.isNaN(target)) return;
    event.preventDefault();
    focus(buttons[(target + buttons.length) % buttons.length]);
  }

  /** @param {HTMLElement} button */
  function focus(button) {
    for (const each of boxes.values()) each.button.tabIndex = each.button === button ? 0 : -1;
    button.focus();
  }

  /** @param {Entry} entry */
  function box(entry) {
    const count = el("span", { class: "count" });
    const bar = el("span", { class: "bar", "aria-hidden": "true" });
    const button = el(
      "button",
      {
        type: "button",
        role: "checkbox",
        class: `choice ${entry.class ?? ""}`,
        title: entry.definition || null,
        [`data-${name}`]: entry.codes.join(","),
        "aria-checked": "false",
        tabindex: -1,
        onclick: () => {
          for (const each of boxes.values()) each.button.tabIndex = each.button === button ? 0 : -1;
          choose(entry);
        },
      },
      el("span", { class: "tick", "aria-hidden": "true" }),
      entry.icon ?? null,
      el("span", { class: "label" }, entry.label),
      bars && el("span", { class: "track", "aria-hidden": "true" }, bar),
      count,
    );
    return { entry, button, count, bar };
  }

  return {
    element,
    offer(entries) {
      const before = boxes;
      boxes = new Map();
      for (const entry of entries) {
        const key = entry.codes.join(",");
        boxes.set(key, before.get(key) ?? box(entry));
      }
      const kept = [...boxes.values()].find(({ button }) => button.tabIndex === 0) ?? [...boxes.values()][0];
      for (const each of boxes.values()) each.button.tabIndex = each === kept ? 0 : -1;
      const wanted = Array.from(boxes.values(), ({ button }) => button);
      const isSame = wanted.length === element.children.length && wanted.every((each, i) => each === element.children[i]);
      if (isSame) return;
      const held = wanted.find((button) => button === document.activeElement);
      fill(element, ...wanted);
      held?.focus({ preventScroll: true });
    },
    update(countOf, chosen) {
      const counts = Array.from(boxes.values(), ({ entry }) => countOf(entry));
      const most = Math.max(1, ...counts);
      [...boxes.values()].forEach(({ entry, button, count, bar }, i) => {
        count.textContent = numberText(counts[i]);
        bar.style.width = `${(100 * counts[i]) / most}%`;
        button.setAttribute("aria-checked", checked(entry, chosen));
        button.classList.toggle("none", counts[i] === 0);
        button.classList.toggle("out", chosen !== null && checked(entry, chosen) === "false");
      });
    },
  };
}

/** @param {Entry} entry @param {ReadonlySet<string> | null} chosen */
function checked({ codes }, chosen) {
  const count = codes.filter((code) => chosen?.has(code)).length;
  return count === 0 ? "false" : count === codes.length ? "true" : "mixed";
}
