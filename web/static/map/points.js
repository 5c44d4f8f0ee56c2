// How are many places shown at once, before anything else can be? As discs in their groups' colours, pixel by pixel:
// a hundred thousand of them take a canvas no longer than a few.

import { isHollow } from "./looks.js";
import { canvasX } from "./marks.js";
import { pixelOf } from "./pixels.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./palette.js").Palette} Palette */
/** Pixels of a disc, as offsets from its middle; those within `EDGE` of its rim. @typedef {{all: Int32Array, rim: Int32Array}} Disc */

const RADIUS = 4; // pixels
const EDGE = 1.3;
const ROUND = 0.3; // pixels more, without which a disc has four tips

/**
 * @param {CanvasRenderingContext2D} ctx of a canvas of the frame's size @param {Frame} frame @param {number} ratio
 * @param {Dataset} dataset @param {Uint32Array} rows @param {Palette} palette
 */
export function paintPoints(ctx, frame, ratio, dataset, rows, palette) {
  const picture = ctx.createImageData(ctx.canvas.width, ctx.canvas.height);
  const pixels = new Uint32Array(picture.data.buffer);
  const disc = discOf(Math.round(RADIUS * ratio), EDGE * ratio, picture.width);
  const groups = dataset.codes.status_group;
  const looks = groups.map((group, at) => {
    const line = pixelOf(ctx, palette.line[at]);
    return { fill: isHollow(group) ? pixelOf(ctx, palette.halo) : pixelOf(ctx, palette.fill[at]), line };
  });
  const { x, y, now, groupOfStatus } = dataset;
  const reach = Math.ceil(RADIUS * ratio);
  for (const hollow of [true, false]) {
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i];
      const group = groupOfStatus[now.status[row]];
      if (isHollow(groups[group]) !== hollow) continue;
      const column = Math.round(canvasX(frame, x[row]) * ratio);
      const line = Math.round((y[row] * frame.world - frame.top) * ratio);
      const inside = column >= reach && line >= reach && column < picture.width - reach && line < picture.height - reach;
      if (inside) stamp(pixels, line * picture.width + column, disc, looks[group]);
    }
  }
  ctx.putImageData(picture, 0, 0);
}

/** @param {Uint32Array} pixels @param {number} at @param {Disc} disc @param {{fill: number, line: number}} look */
function stamp(pixels, at, { all, rim }, { fill, line }) {
  for (let i = 0; i < all.length; i += 1) pixels[at + all[i]] = fill;
  for (let i = 0; i < rim.length; i += 1) pixels[at + rim[i]] = line;
}

/** @param {number} radius @param {number} edge @param {number} width of the picture @returns {Disc} */
function discOf(radius, edge, width) {
  /** @type {[number, number][]} offsets with their distance from the middle */
  const found = [];
  for (let down = -radius; down <= radius; down += 1) {
    for (let across = -radius; across <= radius; across += 1) {
      const distance = Math.hypot(down, across);
      if (distance <= radius + ROUND) found.push([down * width + across, distance]);
    }
  }
  const rim = found.filter(([, distance]) => distance > radius - edge);
  return { all: Int32Array.from(found, ([at]) => at), rim: Int32Array.from(rim, ([at]) => at) };
}
