// How is a place drawn that is no point? Dotted where only the country is known, a ring or a footprint else.

import { canvasX } from "./marks.js";
import { inView, onScreen, screenBox } from "./shapes.js";

/** @typedef {import("./crowds.js").Brush} Brush */
/** @typedef {import("./shapes.js").Shape} Shape */
/** @typedef {import("./frame.js").Frame} Frame */
/** Within so many kilometres of x, y (world units). @typedef {{x: number, y: number, lat: number, radius: number}} Ring */

const EARTH_KM = 40_075.017;
const DOT_STEP = 9; // pixels between dots
const SMALLEST = 12; // pixels: smaller areas and rings would hide under their symbol
const LARGEST_FILLED = 130; // pixels across half of a ring; larger ones would colour the whole map
const DASH = [6, 4];

/** How far the copy of the world is on which x is nearest to the view's middle. @param {Frame} frame @param {number} x */
export function nearestCopy(frame, x) {
  return Math.round(frame.centre - x);
}

/**
 * A country somewhere in which projects are: dots, which nobody reads as "no data", and a dashed edge.
 * @param {Brush} brush @param {Shape} shape @param {string} ink @param {number} ratio device pixels a CSS pixel
 */
export function paintDotted({ ctx, frame }, shape, ink, ratio) {
  const copy = nearestCopy(frame, shape.label[0]);
  if (!inView(frame, shape, copy)) return;
  const area = onScreen(frame, shape.area, copy);
  ctx.globalAlpha = 0.05;
  ctx.fillStyle = ink;
  ctx.fill(area);
  ctx.globalAlpha = 0.6;
  ctx.fillStyle = dots(ctx, frame, ink, ratio);
  ctx.fill(area);
  ctx.globalAlpha = 1;
  ctx.setLineDash(DASH);
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1.4;
  ctx.stroke(onScreen(frame, shape.outline, copy));
  ctx.setLineDash([]);
}

/** Dots that stay with the map when it moves. @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {string} ink @param {number} ratio */
function dots(ctx, frame, ink, ratio) {
  const side = Math.round(DOT_STEP * ratio);
  const tile = new OffscreenCanvas(side, side);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
  pen.fillStyle = ink;
  pen.arc(side / 2, side / 2, 0.95 * ratio, 0, 2 * Math.PI);
  pen.fill();
  const pattern = /** @type {CanvasPattern} */ (ctx.createPattern(tile, "repeat"));
  const scale = DOT_STEP / side;
  pattern.setTransform(new DOMMatrix([scale, 0, 0, scale, -(frame.left % DOT_STEP), -(frame.top % DOT_STEP)]));
  return pattern;
}

/** @param {Brush} brush @param {Shape} shape @param {string} ink @param {boolean} rough is it only roughly known? */
export function paintFootprint({ ctx, frame }, shape, ink, rough) {
  const copy = nearestCopy(frame, shape.label[0]);
  const [left, top, right, bottom] = screenBox(frame, shape, copy);
  if (Math.max(right - left, bottom - top) < SMALLEST || !inView(frame, shape, copy)) return;
  ctx.globalAlpha = 0.1;
  ctx.fillStyle = ink;
  ctx.fill(onScreen(frame, shape.area, copy));
  ctx.globalAlpha = 1;
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1.2;
  if (rough) ctx.setLineDash(DASH);
  ctx.stroke(onScreen(frame, shape.outline, copy));
  ctx.setLineDash([]);
}

/** The pixels across half of a ring; 0 where it is too small to be seen, or not in view. @param {Frame} frame @param {Ring} ring */
export function ringReach(frame, { x, y, lat, radius }) {
  const pixels = ((radius / EARTH_KM) * frame.world) / Math.cos((lat * Math.PI) / 180);
  const [left, top] = [canvasX(frame, x), y * frame.world - frame.top];
  const isSeen = left + pixels > 0 && top + pixels > 0 && left - pixels < frame.width && top - pixels < frame.height;
  return pixels < SMALLEST || !isSeen ? 0 : pixels;
}

/**
 * The rings within which projects lie, cut off at their country's border: those of one country and colour in one go.
 * @param {Brush} brush @param {Ring[]} rings @param {Shape | null} shape @param {string} fill @param {string} line
 */
export function paintRings({ ctx, frame }, rings, shape, fill, line) {
  const [filled, all] = [new Path2D(), new Path2D()];
  for (const ring of rings) {
    const [x, y, reach] = [canvasX(frame, ring.x), ring.y * frame.world - frame.top, ringReach(frame, ring)];
    for (const path of reach < LARGEST_FILLED ? [filled, all] : [all]) {
      path.moveTo(x + reach, y);
      path.arc(x, y, reach, 0, 2 * Math.PI);
    }
  }
  ctx.save();
  if (shape) ctx.clip(onScreen(frame, shape.area, nearestCopy(frame, rings[0].x)));
  ctx.globalAlpha = 0.09;
  ctx.fillStyle = fill;
  ctx.fill(filled);
  ctx.globalAlpha = 0.5;
  ctx.strokeStyle = line;
  ctx.lineWidth = 1.2;
  ctx.setLineDash(DASH);
  ctx.stroke(all);
  ctx.restore();
}
