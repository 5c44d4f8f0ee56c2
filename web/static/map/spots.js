// Which projects stand at exactly the same coordinates?

import { Cells } from "./cells.js";

/**
 * The rows of spot s are `rows[starts[s]]` to `rows[starts[s + 1] - 1]`; `x`, `y` in world units.
 * @typedef {{count: number, x: Float64Array, y: Float64Array, starts: Uint32Array, rows: Uint32Array}} Spots
 */

const SAME = 2 ** -30; // of the world: four centimetres, the coordinates are given to a metre

/** @param {Float64Array} x world units, NaN for a project without a point @param {Float64Array} y @param {Uint32Array} rows @returns {Spots} */
export function spotsOf(x, y, rows) {
  const placed = rows.filter((row) => x[row] === x[row]);
  const [xs, ys] = [taken(x, placed), taken(y, placed)];
  const cells = new Cells(xs, ys, SAME);
  const spots = { count: cells.count, x: new Float64Array(cells.count), y: new Float64Array(cells.count) };
  for (let s = 0; s < cells.count; s += 1) {
    spots.x[s] = xs[cells.points[cells.starts[s]]];
    spots.y[s] = ys[cells.points[cells.starts[s]]];
  }
  return { ...spots, starts: cells.starts, rows: cells.points.map((i) => placed[i]) };
}

/** @param {Float64Array} values @param {Uint32Array} rows */
function taken(values, rows) {
  const found = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) found[i] = values[rows[i]];
  return found;
}
