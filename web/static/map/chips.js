// Where does the map say that a country has projects whose place nobody tells? On a small dashed tag beside its name.

import { say } from "../base/texts.js";
import { nearestCopy } from "./areas.js";
import { inView, screenBox } from "./shapes.js";

/** @typedef {import("./crowds.js").Brush} Brush */
/** @typedef {import("./placement.js").Taken} Taken */
/** @typedef {import("./placement.js").Box} Box */
/** @typedef {import("./shapes.js").Shape} Shape */
/**
 * Projects of which only the country is known; `shares` counts them by group.
 * @typedef {{iso: string, shape: Shape, rows: number[], shares: number[], isOpen: boolean, isHovered: boolean, isDotted: boolean}} CountryWide
 */
/** @typedef {{country: CountryWide, text: string, box: Box}} Chip */

const HEIGHT = 18;
const RING = 5; // pixels: half of what the ring of groups is across
const SHOWN_FROM = 4; // zoom; farther out the tray is enough, unless the country is asked for
const LONG_FROM = 5; // zoom from which on the tag says what it is
const BESIDE = 22; // pixels from the middle of the country, where its name is
const TRIES = [1, -1, 1.6, -1.6, 2.4, -2.4].map((times) => times * BESIDE);

/** @param {Brush} brush @param {CountryWide[]} countries @param {Taken} taken @returns {Chip[]} */
export function placeChips({ ctx, frame, palette }, countries, taken) {
  const chips = [];
  ctx.font = font(palette);
  for (const country of countries) {
    const { shape, rows, isDotted, isHovered } = country;
    if (frame.zoom < SHOWN_FROM && !isDotted && !isHovered) continue;
    const copy = nearestCopy(frame, shape.label[0]);
    if (!inView(frame, shape, copy)) continue;
    const edges = screenBox(frame, shape, copy);
    const full = say("map.chip", { count: rows.length });
    const isLong = frame.zoom >= LONG_FROM && ctx.measureText(full).width < edges[2] - edges[0];
    const text = isLong ? full : say("map.chip_short", { count: rows.length });
    const width = 2 * RING + 16 + ctx.measureText(text).width;
    const [x, y] = [(shape.label[0] + copy) * frame.world - frame.left, shape.label[1] * frame.world - frame.top];
    const box = placeFor(x, y, width, edges, taken) ?? (isDotted || isHovered ? boxAt(x, y + BESIDE, width) : null);
    if (!box) continue;
    taken.add(...box);
    chips.push({ country, text, box });
  }
  return chips;
}

/** Near the country's middle and over the country. @param {number} x @param {number} y @param {number} width @param {Box} edges @param {Taken} taken */
function placeFor(x, y, width, edges, taken) {
  const around = [0, -1, 1, -1.6, 1.6].flatMap((aside) => TRIES.map((below) => boxAt(x + aside * width * 0.6, y + below, width)));
  const isOver = (/** @type {Box} */ [left, top, right, bottom]) =>
    left + right > 2 * edges[0] && left + right < 2 * edges[2] && bottom > edges[1] && top < edges[3];
  return around.find((box) => isOver(box) && taken.isFree(box)) ?? null;
}

/** @param {number} x @param {number} y @param {number} width @returns {Box} */
function boxAt(x, y, width) {
  return [x - width / 2, y - HEIGHT / 2, x + width / 2, y + HEIGHT / 2];
}

/** @param {import("./palette.js").Palette} palette */
function font(palette) {
  return `italic 500 11px ${palette.font}`;
}

/** @param {Brush} brush @param {Chip[]} chips */
export function paintChips({ ctx, palette }, chips) {
  for (const { country, text, box } of chips) {
    const [left, top, right, bottom] = box;
    const middle = (top + bottom) / 2;
    ctx.beginPath();
    ctx.roundRect(left, top, right - left, bottom - top, HEIGHT / 2);
    ctx.fillStyle = palette.paper;
    ctx.fill();
    ctx.setLineDash(country.isOpen ? [] : [3, 2.5]);
    ctx.strokeStyle = country.isOpen ? palette.accent : palette.quiet;
    ctx.lineWidth = country.isOpen ? 2 : 1;
    ctx.stroke();
    ctx.setLineDash([]);
    paintShares(ctx, palette, country.shares, left + RING + 5, middle);
    ctx.font = font(palette);
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillStyle = palette.ink;
    ctx.fillText(text, left + 2 * RING + 9, middle + 0.5);
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {import("./palette.js").Palette} palette @param {number[]} shares by group @param {number} x @param {number} y */
function paintShares(ctx, palette, shares, x, y) {
  const sum = shares.reduce((all, share) => all + share, 0);
  let angle = -Math.PI / 2;
  ctx.lineWidth = 2.5;
  shares.forEach((share, group) => {
    if (share === 0) return;
    const end = angle + (2 * Math.PI * share) / sum;
    ctx.beginPath();
    ctx.arc(x, y, RING - 1.25, angle, end);
    ctx.strokeStyle = palette.fill[group];
    ctx.stroke();
    angle = end;
  });
}

/** @param {Chip[]} chips @param {number} x @param {number} y @param {number} reach @returns {Chip | null} */
export function chipAt(chips, x, y, reach) {
  return chips.find(({ box: [l, t, r, b] }) => x >= l - reach && x <= r + reach && y >= t - reach && y <= b + reach) ?? null;
}
