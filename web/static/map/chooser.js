// Which of several projects at one spot does the reader mean?

import { bdi, el, fill } from "../base/dom.js";
import { say } from "../base/texts.js";
import { kindIcon, statusIcon } from "./symbols.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */

const MOST = 100; // that are named; more are for the list

/**
 * @param {HTMLElement} root the element that the map fills
 * @param {Dataset} dataset
 * @param {(index: number, among: readonly number[]) => void} open
 */
export function chooser(root, dataset, open) {
  const box = el("div", {
    class: "chooser",
    id: "chooser",
    role: "dialog",
    "aria-label": say("map.chooser"),
    hidden: true,
    onkeydown: pressed,
  });
  root.append(box);

  /** The focus goes back to the map, from which the box was opened. */
  function hide() {
    const held = box.contains(document.activeElement);
    box.hidden = true;
    if (held) /** @type {HTMLElement | null} */ (root.querySelector(".leaflet-container"))?.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
    if (event.key === "Escape") hide();
    else if (event.key in steps) focusNext(box, steps[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {readonly number[]} rows @param {number} index */
  function entry(rows, index) {
    const choose = () => {
      hide();
      open(index, rows);
    };
    return el("li", {}, projectButton(dataset, index, choose));
  }

  return {
    hide,
    isOpen: () => !box.hidden,
    /** @param {readonly number[]} rows @param {{x: number, y: number}} at */
    show(rows, at) {
      if (!dataset.isTold) return;
      const close = el("button", { type: "button", class: "close", "aria-label": say("map.close"), onclick: hide }, "×");
      const more = rows.length - MOST;
      fill(
        box,
        el("h2", {}, say("map.chooser_count", { count: rows.length })),
        close,
        el("ul", {}, ...rows.slice(0, MOST).map((index) => entry(rows, index))),
        more > 0 && el("p", { class: "quiet" }, say("map.chooser_more", { count: more })),
      );
      box.hidden = false;
      box.style.left = `${Math.max(8, Math.min(at.x, root.clientWidth - box.offsetWidth - 8))}px`;
      box.style.top = `${Math.max(8, Math.min(at.y, root.clientHeight - box.offsetHeight - 8))}px`;
      /** @type {HTMLElement | null} */ (box.querySelector("li button"))?.focus();
    },
  };
}

/** A project in a list of those that may be opened. @param {Dataset} dataset @param {number} index @param {() => void} choose */
export function projectButton(dataset, index, choose) {
  const { id, name, kind, status } = dataset.row(index);
  return el(
    "button",
    { type: "button", class: "project", "data-id": id, onclick: choose },
    statusIcon(status),
    kindIcon(kind),
    el("span", {}, bdi(name), " ", el("span", { class: "quiet" }, status.label)),
  );
}

/** @param {Element} box @param {number} step */
function focusNext(box, step) {
  const buttons = /** @type {HTMLElement[]} */ (Array.from(box.querySelectorAll("li button")));
  const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}
