// How is a place drawn that is no point? Hatched and dashed where it is only roughly known, a ring of true radius else.

import { inView, onScreen, screenBox } from "./shapes.js";
import { isRough, lookOf } from "./symbols.js";
import { plural } from "../base/words.js";

/** @typedef {import("./canvaslayer.js").Frame} Frame */
/** @typedef {import("./shapes.js").Shape} Shape */
/** @typedef {import("../base/snapshot.js").Row} Row */
/** @typedef {import("../base/snapshot.js").PlacedRow} PlacedRow */
/** @typedef {import("../base/theme.js").Theme} Theme */
/** Projects of which only the country is known. @typedef {{name: string, shape: Shape, rows: Row[]}} CountryArea */
/** @typedef {{ctx: CanvasRenderingContext2D, frame: Frame, theme: Theme}} Brush */

const EARTH_KM = 40_075.017;
const HATCH_STEP = 9;
const SMALLEST = 12; // pixels: smaller areas and rings would hide under their symbol
const DASH = [6, 4];

/** @param {Frame} frame @param {number} x the copy of the world on which x is nearest to the view's middle */
export function nearestCopy(frame, x) {
  return Math.round(frame.centre - x);
}

/** @param {Row[]} rows @param {Theme} theme one colour where all have one, else that of text */
function inkOf(rows, theme) {
  const inks = new Set(rows.map((row) => lookOf(row.status).ink[theme.dark ? 1 : 0]));
  return inks.size === 1 ? [...inks][0] : theme.ink;
}

/** @param {Brush} brush @param {CountryArea} country @param {boolean} selected */
export function paintCountry(brush, country, selected) {
  const { ctx, frame, theme } = brush;
  const copy = nearestCopy(frame, country.shape.label[0]);
  if (!inView(frame, country.shape, copy)) return;
  const ink = inkOf(country.rows, theme);
  const box = screenBox(frame, country.shape, copy);
  const fillsView = box[2] - box[0] > frame.width && box[3] - box[1] > frame.height;
  hatch(brush, onScreen(frame, country.shape.area, copy), ink, fillsView ? 0.18 : selected ? 0.75 : 0.45);
  ctx.setLineDash(DASH);
  ctx.strokeStyle = ink;
  ctx.lineWidth = selected ? 2.6 : 1.6;
  ctx.stroke(onScreen(frame, country.shape.outline, copy));
  ctx.setLineDash([]);
}

/** @param {Brush} brush @param {CountryArea} country */
export function paintCountryLabel({ ctx, frame, theme }, country) {
  const [x, y] = country.shape.label;
  const copy = nearestCopy(frame, x);
  const [left, , right] = screenBox(frame, country.shape, copy);
  const text = `${plural(country.rows.length, "project")} somewhere in ${country.name}`;
  ctx.font = `italic 600 12px ${theme.font}`;
  if (ctx.measureText(text).width > (right - left) * 1.1) return;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 4;
  ctx.strokeStyle = theme.halo;
  ctx.fillStyle = theme.ink;
  const at = /** @type {const} */ ([
    (x + copy) * frame.world - frame.left,
    y * frame.world - frame.top + (frame.zoom >= 3 ? 16 : 0),
  ]);
  ctx.strokeText(text, ...at);
  ctx.fillText(text, ...at);
}

/**
 * Lines at 45 degrees that stay with the map when it moves.
 * @param {Brush} brush
 * @param {Path2D} path
 * @param {string} ink
 * @param {number} alpha
 */
function hatch({ ctx, frame }, path, ink, alpha) {
  ctx.save();
  ctx.clip(path);
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1.1;
  ctx.beginPath();
  const phase = HATCH_STEP - ((((frame.left - frame.top) % HATCH_STEP) + HATCH_STEP) % HATCH_STEP);
  for (let x = phase - HATCH_STEP - frame.height; x < frame.width; x += HATCH_STEP) {
    ctx.moveTo(x, 0);
    ctx.lineTo(x + frame.height, frame.height);
  }
  ctx.stroke();
  ctx.restore();
}

/** @param {Brush} brush @param {Row} row @param {Shape} shape */
export function paintFootprint(brush, row, shape) {
  const { ctx, frame, theme } = brush;
  const copy = nearestCopy(frame, shape.label[0]);
  const [left, top, right, bottom] = screenBox(frame, shape, copy);
  if (Math.max(right - left, bottom - top) < SMALLEST || !inView(frame, shape, copy)) return;
  const ink = lookOf(row.status).ink[theme.dark ? 1 : 0];
  const area = onScreen(frame, shape.area, copy);
  if (isRough(row)) hatch(brush, area, ink, 0.5);
  else fillLightly(ctx, area, ink);
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1.4;
  if (isRough(row)) ctx.setLineDash(DASH);
  ctx.stroke(onScreen(frame, shape.outline, copy));
  ctx.setLineDash([]);
}

/**
 * The ring within which the project lies, once it is larger than the symbol.
 * @param {Brush} brush
 * @param {PlacedRow} row
 * @param {number} x
 * @param {number} y
 */
export function paintRing({ ctx, frame, theme }, row, x, y) {
  if (!row.radius || !isRough(row)) return;
  const radius = ((row.radius / EARTH_KM) * frame.world) / Math.cos((row.lat * Math.PI) / 180);
  if (radius < SMALLEST || x + radius < 0 || y + radius < 0 || x - radius > frame.width || y - radius > frame.height)
    return;
  const ring = new Path2D();
  ring.arc(x, y, radius, 0, 2 * Math.PI);
  const ink = lookOf(row.status).ink[theme.dark ? 1 : 0];
  fillLightly(ctx, ring, ink);
  ctx.strokeStyle = ink;
  ctx.lineWidth = 1.2;
  ctx.setLineDash(DASH);
  ctx.stroke(ring);
  ctx.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} ctx @param {Path2D} path @param {string} ink */
function fillLightly(ctx, path, ink) {
  ctx.globalAlpha = 0.07;
  ctx.fillStyle = ink;
  ctx.fill(path);
  ctx.globalAlpha = 1;
}
