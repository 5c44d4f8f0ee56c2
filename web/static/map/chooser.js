// Which of several projects at one spot does the reader mean?

import { bdi, el, fill } from "../base/dom.js";
import { kindIcon, statusIcon } from "./symbols.js";
import { plural } from "../base/words.js";

/** @typedef {import("../base/snapshot.js").Row} Row */

/** @param {HTMLElement} root the element that the map fills @param {(row: Row, among: Row[]) => void} open */
export function chooser(root, open) {
  const box = el("div", {
    class: "chooser",
    id: "chooser",
    role: "dialog",
    "aria-label": "Projects here",
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

  /** @param {Row[]} rows @param {Row} row */
  function entry(rows, row) {
    const choose = () => {
      hide();
      open(row, rows);
    };
    return el(
      "li",
      {},
      el(
        "button",
        { type: "button", "data-id": row.id, onclick: choose },
        statusIcon(row.status),
        kindIcon(row.kind),
        el("span", {}, bdi(row.name), " ", el("span", { class: "quiet" }, row.status.label)),
      ),
    );
  }

  return {
    hide,
    isOpen: () => !box.hidden,
    /** @param {Row[]} rows @param {{x: number, y: number}} at */
    show(rows, at) {
      const close = el("button", { type: "button", class: "close", "aria-label": "Close", onclick: hide }, "×");
      fill(
        box,
        el("h2", {}, plural(rows.length, "project"), " here"),
        close,
        el("ul", {}, ...rows.map((row) => entry(rows, row))),
      );
      box.hidden = false;
      box.style.left = `${Math.max(8, Math.min(at.x, root.clientWidth - box.offsetWidth - 8))}px`;
      box.style.top = `${Math.max(8, Math.min(at.y, root.clientHeight - box.offsetHeight - 8))}px`;
      /** @type {HTMLElement | null} */ (box.querySelector("li button"))?.focus();
    },
  };
}

/** @param {Element} box @param {number} step */
function focusNext(box, step) {
  const buttons = /** @type {HTMLElement[]} */ (Array.from(box.querySelectorAll("li button")));
  const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}
