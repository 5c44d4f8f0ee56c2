// Which symbols stand where on the canvas? Kept in arrays that are used again at every drawing.

import { MOST, fanOffsets } from "./fans.js";
import { zoomFactor } from "./sizes.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./spots.js").Spots} Spots */
/** @typedef {import("./sizes.js").Sizes} Sizes */
/** Projects at one spot whose symbols are marks `first` to `last - 1`, around `x`, `y`. @typedef {{x: number, y: number, first: number, last: number}} Fan */
/** More projects at one spot than a fan holds. @typedef {{x: number, y: number, spot: number, count: number}} Pile */

const EDGE = 48; // pixels around the canvas from where a symbol may reach in

export class Marks {
  count = 0;
  row = new Uint32Array(1024);
  x = new Float32Array(1024);
  y = new Float32Array(1024);
  size = new Float32Array(1024);
  /** @type {Fan[]} */
  fans = [];
  /** @type {Pile[]} */
  piles = [];

  /**
   * @param {Dataset} dataset @param {Sizes} sizes @param {Spots} spots
   * @param {Uint32Array} loose the spots that are in no cluster @param {Frame} frame
   */
  collect(dataset, sizes, spots, loose, frame) {
    this.count = 0;
    this.fans = [];
    this.piles = [];
    const { now } = dataset;
    const factor = zoomFactor(frame.zoom);
    for (let i = 0; i < loose.length; i += 1) {
      const spot = loose[i];
      const x = canvasX(frame, spots.x[spot]);
      const y = spots.y[spot] * frame.world - frame.top;
      if (x < -EDGE || y < -EDGE || x > frame.width + EDGE || y > frame.height + EDGE) continue;
      const first = spots.starts[spot];
      const count = spots.starts[spot + 1] - first;
      if (count > MOST) {
        this.piles.push({ x, y, spot, count });
        continue;
      }
      for (let k = first; k < first + count; k += 1) {
        const row = spots.rows[k];
        this.#add(row, x, y, factor * sizes.across(now.measure[row], now.capacity[row]));
      }
      if (count > 1) this.#fanOut(x, y, this.count - count);
    }
  }

  /** @param {number} row @returns {number} its mark, -1 for none */
  find(row) {
    for (let i = 0; i < this.count; i += 1) if (this.row[i] === row) return i;
    return -1;
  }

  /** The marks at a point, the nearest first. @param {number} x @param {number} y @param {number} reach pixels */
  near(x, y, reach) {
    /** @type {{mark: number, distance: number}[]} */
    const found = [];
    for (let i = 0; i < this.count; i += 1) {
      const distance = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
      if (distance <= (this.size[i] / 2 + reach) ** 2) found.push({ mark: i, distance });
    }
    return found.sort((a, b) => a.distance - b.distance).map(({ mark }) => mark);
  }

  /** @param {number} row @param {number} x @param {number} y @param {number} size */
  #add(row, x, y, size) {
    if (this.count === this.row.length) this.#grow();
    this.row[this.count] = row;
    this.x[this.count] = x;
    this.y[this.count] = y;
    this.size[this.count] = size;
    this.count += 1;
  }

  /** @param {number} x @param {number} y @param {number} first mark */
  #fanOut(x, y, first) {
    const offsets = fanOffsets(this.size.subarray(first, this.count));
    for (let i = first; i < this.count; i += 1) {
      this.x[i] += offsets[2 * (i - first)];
      this.y[i] += offsets[2 * (i - first) + 1];
    }
    this.fans.push({ x, y, first, last: this.count });
  }

  #grow() {
    const room = 2 * this.row.length;
    const rows = new Uint32Array(room);
    rows.set(this.row);
    this.row = rows;
    for (const name of /** @type {const} */ (["x", "y", "size"])) {
      const values = new Float32Array(room);
      values.set(this[name]);
      this[name] = values;
    }
  }
}

/** On the copy of the world on which it is nearest to the view's middle. @param {Frame} frame @param {number} x world units */
export function canvasX(frame, x) {
  return (x + Math.round(frame.centre - x)) * frame.world - frame.left;
}
