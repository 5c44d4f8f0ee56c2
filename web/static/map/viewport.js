// Which part of the world should a view show? Reckoned without Leaflet, which is not there yet when the first picture is drawn.

import { worldAt } from "./frame.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** Left, top, right and bottom in world units. @typedef {[number, number, number, number]} Box */
/** The middle in world units. @typedef {{x: number, y: number, zoom: number}} Viewport */
/** What lies over the edges of a map, in pixels. @typedef {{left: number, top: number, right: number, bottom: number}} Insets */
/** @typedef {{least: number, most: number}} Zooms */

export const FIT_ZOOM = 7; // nothing is brought nearer by itself
export const STEP = 0.5; // zooms from one to the next
export const OWN_ZOOM = 11; // from here on our own ground has nothing more to tell
const WIDE = 700; // pixels: from here on the world fits at zoom 2
export const EDGE = 40; // pixels that a symbol keeps from the edge
const NEARLY = 0.005; // a zoom that is so little short of a step is the step

/** Between which zooms a map of so many pixels across moves. @param {number} width @returns {Zooms} */
export function zoomsOf(width) {
  return { least: width > WIDE ? 2 : 1, most: OWN_ZOOM };
}

/** The step nearest to a zoom. @param {number} zoom @param {Zooms} zooms */
export function limited(zoom, { least, most }) {
  return Math.max(least, Math.min(most, Math.round(zoom / STEP) * STEP));
}

/**
 * The box around rows, countries included where no more of them is known; null around none.
 * @param {Dataset} dataset @param {ArrayLike<number>} rows @param {(iso: string) => ArrayLike<number> | null} boxOfCountry
 * @returns {Box | null}
 */
export function boxOf(dataset, rows, boxOfCountry) {
  const { x, y } = dataset;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  /** @type {Set<number>} */
  const countries = new Set();
  for (let k = 0; k < rows.length; k += 1) {
    const i = rows[k];
    if (Number.isNaN(x[i])) {
      if (dataset.isCountryWide(i)) countries.add(dataset.country[i]);
      continue;
    }
    left = Math.min(left, x[i]);
    right = Math.max(right, x[i]);
    top = Math.min(top, y[i]);
    bottom = Math.max(bottom, y[i]);
  }
  for (const country of countries) {
    const box = boxOfCountry(dataset.codes.country[country]);
    if (!box) continue;
    [left, top] = [Math.min(left, box[0]), Math.min(top, box[1])];
    [right, bottom] = [Math.max(right, box[2]), Math.max(bottom, box[3])];
  }
  return left > right ? null : [left, top, right, bottom];
}

/**
 * The view that shows a box between what lies over the map.
 * @param {Box} box @param {{x: number, y: number}} size of the map in pixels @param {Insets} clear @param {Zooms} zooms
 * @returns {Viewport}
 */
export function fitted([left, top, right, bottom], size, clear, { least, most }) {
  const padded = { left: clear.left + EDGE, top: clear.top + EDGE / 2, right: clear.right + EDGE, bottom: clear.bottom + EDGE };
  const room = { x: size.x - padded.left - padded.right, y: size.y - padded.top - padded.bottom };
  const world = Math.min(room.x / (right - left), room.y / (bottom - top));
  const exact = Math.log2(world / worldAt(0)) / STEP;
  const steps = Math.abs(exact - Math.round(exact)) < NEARLY ? Math.round(exact) : Math.floor(exact);
  const zoom = Math.max(least, Math.min(most, Number.isNaN(steps) ? least : steps * STEP));
  const pixel = 1 / worldAt(zoom);
  return {
    x: (left + right) / 2 + ((padded.right - padded.left) / 2) * pixel,
    y: (top + bottom) / 2 + ((padded.bottom - padded.top) / 2) * pixel,
    zoom,
  };
}
