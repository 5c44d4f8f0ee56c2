// Where are the edges of a drawing, and what do they say?

import { svg } from "../base/dom.js";
import { numberText } from "../base/texts.js";

/** A scale of numbers, as d3-scale's linear one. @typedef {{(value: number): number, ticks: (count: number) => number[]}} Scale */
/** The place of what is drawn within a drawing. @typedef {{left: number, right: number, top: number, bottom: number}} Frame */

const TICK_WIDTH = 50; // a number and room beside it
const TICK_HEIGHT = 45;

/** Years beneath the drawing; only whole ones. @param {Scale} x @param {Frame} frame */
export function yearAxis(x, frame) {
  const wanted = Math.max(3, Math.floor((frame.right - frame.left) / TICK_WIDTH));
  const years = x.ticks(wanted).filter(Number.isInteger);
  const labels = years.map((year) =>
    svg("text", { x: x(year), y: frame.bottom + 18, "text-anchor": "middle" }, String(year)),
  );
  const ticks = years.map((year) => line(x(year), frame.bottom, x(year), frame.bottom + 5));
  return svg("g", { class: "axis" }, line(frame.left, frame.bottom, frame.right, frame.bottom), ...ticks, ...labels);
}

/** Numbers beside the drawing, with lines through it. @param {Scale} y @param {Frame} frame @param {string} unit */
export function numberAxis(y, frame, unit) {
  const values = y.ticks(Math.max(2, Math.floor((frame.bottom - frame.top) / TICK_HEIGHT)));
  const lines = values.map((value) => line(frame.left, y(value), frame.right, y(value)));
  const labels = values.map((value) =>
    svg("text", { x: frame.left - 6, y: y(value) + 4, "text-anchor": "end" }, numberText(value)),
  );
  return svg("g", { class: "axis" }, ...lines, ...labels, svg("text", { x: 0, y: frame.top - 10 }, unit));
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
export function line(x1, y1, x2, y2) {
  return svg("line", { x1, y1, x2, y2 });
}

/** The room that numbers up to this one need at the left. @param {number} most */
export function numberRoom(most) {
  return 16 + 7 * numberText(Math.round(most)).length;
}

/**
 * Moves labels apart that would lie over each other; keeps their order. @param {number[]} wanted from top to bottom
 * @param {number} apart @param {number} lowest
 */
export function spread(wanted, apart, lowest) {
  const places = wanted.slice();
  for (let i = 1; i < places.length; i += 1) places[i] = Math.max(places[i], places[i - 1] + apart);
  let limit = lowest;
  for (let i = places.length - 1; i >= 0; i -= 1) {
    places[i] = Math.min(places[i], limit);
    limit = places[i] - apart;
  }
  return places;
}
