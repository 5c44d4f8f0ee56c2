// Which part of the map can the reader see between rail and panel?

/** @typedef {import("./viewport.js").Insets} Insets */

/**
 * What rail, tools, panel and slider cover of the map.
 * @param {HTMLElement} map its container
 * @param {HTMLElement} rail
 * @param {HTMLElement} panel
 * @param {HTMLElement} time
 * @returns {Insets}
 */
export function insets(map, rail, panel, time) {
  const box = map.getBoundingClientRect();
  const [railBox, panelBox] = [rail.getBoundingClientRect(), panel.getBoundingClientRect()];
  const isWide = railBox.width > box.width * 0.8;
  const open = !panel.hidden;
  if (isWide && railBox.top <= box.top) return besideHead(box, railBox, open ? panelBox : null);
  if (isWide)
    return {
      left: 0,
      top: 56,
      right: 0,
      bottom: Math.min(box.height * 0.6, box.bottom - Math.min(railBox.top, open ? panelBox.top : box.bottom)),
    };
  return { left: railBox.right - box.left, top: 56, right: open ? box.right - panelBox.left : 0, bottom: time.offsetHeight };
}

/**
 * In a frame of another page the rail is a line on top, and the panel stands beneath it at the right.
 * @param {DOMRect} box @param {DOMRect} head @param {DOMRect | null} panel @returns {Insets}
 */
function besideHead(box, head, panel) {
  const right = panel && panel.width < box.width / 2 ? box.right - panel.left : 0;
  return { left: 0, top: head.bottom - box.top, right, bottom: 0 };
}
