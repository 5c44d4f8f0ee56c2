// How is it shown that more projects are at one spot than a fan holds? As sheets on one another, which no ring looks like.

import { shortCount } from "./crowds.js";

/** @typedef {import("./crowds.js").Brush} Brush */
/** @typedef {import("./marks.js").Pile} Pile */

export const WIDTH = 26; // pixels
export const HEIGHT = 20;
const SHEETS = [6, 3, 0]; // pixels by which each sheet is shifted, the lowest first

/** @param {Brush} brush @param {Pile[]} piles */
export function paintPiles({ ctx, palette }, piles) {
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.font = `600 11px ${palette.font}`;
  for (const { x, y, count } of piles) {
    for (const shift of SHEETS) {
      ctx.beginPath();
      ctx.roundRect(x - WIDTH / 2 + shift / 2, y - HEIGHT / 2 - shift, WIDTH - shift, HEIGHT, 3);
      ctx.fillStyle = palette.paper;
      ctx.fill();
      ctx.strokeStyle = palette.quiet;
      ctx.lineWidth = 1.2;
      ctx.stroke();
    }
    ctx.fillStyle = palette.ink;
    ctx.fillText(shortCount(count), x, y + 0.5);
  }
}

/** @param {Pile[]} piles @param {number} x @param {number} y @param {number} reach @returns {Pile | null} */
export function pileAt(piles, x, y, reach) {
  const isThere = (/** @type {Pile} */ pile) =>
    Math.abs(pile.x - x) <= WIDTH / 2 + reach && Math.abs(pile.y - y) <= HEIGHT / 2 + SHEETS[0] + reach;
  return piles.find(isThere) ?? null;
}
