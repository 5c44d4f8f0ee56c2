// How do several projects at exactly one spot stand, so that each can be seen and clicked? In a ring around the spot.

export const MOST = 8; // more are a pile, from which one is chosen
const GAP = 2; // pixels between symbols
const STALK = 4; // pixels that are seen between the spot and its symbols, at least

/**
 * Where symbols of these sizes stand around their spot: x and y of each, one after the other.
 * @param {ArrayLike<number>} sizes pixels across
 * @returns {Float32Array}
 */
export function fanOffsets(sizes) {
  const radius = fanRadius(sizes);
  const offsets = new Float32Array(2 * sizes.length);
  let angle = sizes.length === 2 ? Math.PI : -Math.PI / 2;
  for (let i = 0; i < sizes.length; i += 1) {
    offsets[2 * i] = radius * Math.cos(angle);
    offsets[2 * i + 1] = radius * Math.sin(angle);
    angle += step(sizes, i, radius) + slack(sizes, radius) / sizes.length;
  }
  return offsets;
}

/** The least distance from the spot at which the symbols do not touch. @param {ArrayLike<number>} sizes */
export function fanRadius(sizes) {
  let low = 0;
  for (let i = 0; i < sizes.length; i += 1) low = Math.max(low, sizes[i] / 2 + STALK, (sizes[i] + next(sizes, i)) / 4 + GAP / 2);
  let high = low;
  while (slack(sizes, high) < 0) high *= 1.5;
  for (let i = 0; i < 20 && high > low; i += 1) {
    const middle = (low + high) / 2;
    if (slack(sizes, middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}

/** @param {ArrayLike<number>} sizes @param {number} i */
function next(sizes, i) {
  return sizes[(i + 1) % sizes.length];
}

/** The angle that a symbol and the next need between them. @param {ArrayLike<number>} sizes @param {number} i @param {number} radius */
function step(sizes, i, radius) {
  return 2 * Math.asin(Math.min(1, ((sizes[i] + next(sizes, i)) / 2 + GAP) / (2 * radius)));
}

/** How much of the circle is left over. @param {ArrayLike<number>} sizes @param {number} radius */
function slack(sizes, radius) {
  let left = 2 * Math.PI;
  for (let i = 0; i < sizes.length; i += 1) left -= step(sizes, i, radius);
  return left + 1e-9;
}
