// What is under the pointer?

import { bdi, el, fill } from "../base/dom.js";
import { sinceText } from "../base/words.js";

/** @typedef {import("../base/snapshot.js").Row} Row */

const MOST_LINES = 5;

/** @param {HTMLElement} root the element that the map fills */
export function tooltip(root) {
  const box = el("div", { class: "tooltip", id: "tooltip", role: "tooltip", hidden: true });
  root.append(box);
  return {
    /** @param {Row[]} rows @param {{x: number, y: number}} at */
    show(rows, at) {
      const more = rows.length - MOST_LINES;
      fill(
        box,
        ...rows.slice(0, MOST_LINES).map(line),
        more > 0 && el("div", { class: "quiet" }, `and ${more} more: click to see all`),
      );
      box.hidden = false;
      const left = Math.min(at.x + 14, root.clientWidth - box.offsetWidth - 8);
      const top = at.y + 18 + box.offsetHeight > root.clientHeight ? at.y - box.offsetHeight - 10 : at.y + 18;
      box.style.transform = `translate(${Math.max(8, left)}px, ${top}px)`;
    },
    hide() {
      box.hidden = true;
    },
  };
}

/** @param {Row} row */
function line(row) {
  const stage = [row.status.label.toLowerCase(), sinceText(row)].filter(Boolean).join(" · ");
  return el("div", {}, el("strong", {}, bdi(row.name)), ` ${stage}`);
}
