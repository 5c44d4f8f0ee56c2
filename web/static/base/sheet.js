// How tall is a sheet on a phone? Low, half or full: by its grip, dragged or pressed.

import { el } from "./dom.js";

const HEIGHTS = ["low", "half", "full"];
const SHARE = { low: 0.16, half: 0.5, full: 0.92 };

/** @param {HTMLElement} sheet @param {HTMLElement} grip */
export function sheet(sheet, grip) {
  let from = { y: 0, height: 0, moved: false };

  /** @param {PointerEvent} event */
  function start(event) {
    from = { y: event.clientY, height: sheet.offsetHeight, moved: false };
    grip.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  function drag(event) {
    if (!grip.hasPointerCapture(event.pointerId)) return;
    const up = from.y - event.clientY;
    if (Math.abs(up) < 6 && !from.moved) return;
    from.moved = true;
    sheet.style.height = `${from.height + up}px`;
  }

  function drop() {
    if (!from.moved) return;
    sheet.dataset.height = nearest(sheet.offsetHeight / window.innerHeight);
    sheet.style.height = "";
  }

  function step() {
    if (!from.moved)
      sheet.dataset.height = HEIGHTS[(HEIGHTS.indexOf(sheet.dataset.height ?? "half") + 1) % HEIGHTS.length];
    from.moved = false;
  }

  grip.addEventListener("pointerdown", start);
  grip.addEventListener("pointermove", drag);
  grip.addEventListener("pointerup", drop);
  grip.addEventListener("click", step);
}

/** @param {number} share of the window's height */
function nearest(share) {
  const distances = Object.entries(SHARE).map(([name, each]) => ({ name, off: Math.abs(each - share) }));
  return distances.reduce((best, each) => (each.off < best.off ? each : best)).name;
}

/** @param {string} label */
export function gripOf(label) {
  return el("button", { type: "button", class: "grip", "aria-label": label });
}
