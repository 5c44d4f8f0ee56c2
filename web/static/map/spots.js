// Which projects stand at exactly the same coordinates?

import { Cells, sortedBy, startsOf } from "./cells.js";

/**
 * The rows of spot s are `rows[starts[s]]` to `rows[starts[s + 1] - 1]`; `x`, `y` in world units.
 * @typedef {{count: number, x: Float64Array, y: Float64Array, starts: Uint32Array, rows: Uint32Array}} Spots
 */

const SAME = 2 ** -30; // of the world: four centimetres, the coordinates are given to a metre

/** The spots of all rows: found once, for whatever selection follows. */
export class Places {
  /** @param {Float64Array} x world units, NaN for a project without a point @param {Float64Array} y */
  constructor(x, y) {
    const placed = Uint32Array.from(x.keys()).filter((row) => x[row] === x[row]);
    const [xs, ys] = [taken(x, placed), taken(y, placed)];
    const cells = new Cells(xs, ys, SAME);
    this.count = cells.count;
    /** The place of every row, -1 for none. */
    this.of = new Int32Array(x.length).fill(-1);
    for (let i = 0; i < placed.length; i += 1) this.of[placed[i]] = cells.of[i];
    const first = cells.starts.subarray(0, cells.count).map((start) => cells.points[start]);
    this.x = taken(xs, first);
    this.y = taken(ys, first);
  }
}

/** The spots on which rows stand. @param {Places} places @param {Uint32Array} rows @returns {Spots} */
export function spotsOf(places, rows) {
  const spotOf = new Int32Array(places.count).fill(-1);
  const of = new Int32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const place = places.of[rows[i]];
    if (place >= 0 && spotOf[place] < 0) spotOf[place] = count++;
    of[i] = place < 0 ? -1 : spotOf[place];
  }
  const starts = startsOf(of, count);
  const spots = { count, x: new Float64Array(count), y: new Float64Array(count), starts, rows: sortedBy(of, starts) };
  for (let s = 0; s < count; s += 1) {
    const row = rows[spots.rows[starts[s]]];
    spots.x[s] = places.x[places.of[row]];
    spots.y[s] = places.y[places.of[row]];
  }
  for (let i = 0; i < spots.rows.length; i += 1) spots.rows[i] = rows[spots.rows[i]];
  return spots;
}

/** @param {Float64Array} values @param {Uint32Array} rows */
function taken(values, rows) {
  const found = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 1) found[i] = values[rows[i]];
  return found;
}
