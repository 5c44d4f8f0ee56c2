// Which projects stand so close together that one ring says more than a heap of symbols?
//
// Reckoned in pixels of the whole world at one zoom, so that moving the map changes nothing.

import { Cells, sortedBy, startsOf } from "./cells.js";
import { Merger } from "./merger.js";

/** @typedef {import("./spots.js").Spots} Spots */
/**
 * The spots of cluster c are `spots[starts[c]]` to `spots[starts[c + 1] - 1]`, the largest cluster first; `x`, `y` is where its
 * ring is drawn, in world units.
 * @typedef {object} Clusters
 * @property {number} count
 * @property {Float64Array} x
 * @property {Float64Array} y
 * @property {Uint32Array} size how many projects
 * @property {Uint32Array} starts
 * @property {Uint32Array} spots
 * @property {Uint32Array} loose the spots that are in no cluster
 */

const LEAST = 4; // projects; fewer stay symbols
const NEAR = 34; // pixels
const SAME = 10; // pixels: symbols that cover one another
const SAME_FROM = 9; // zoom from which on only those are put together
const UNDER = 6; // pixels beside a ring within which a symbol goes into it
const MOST_PASSES = 3;
const DENSE = 255;

/** How near to each other, in pixels, are projects of a cluster? 0 where none are put together. @param {number} zoom @param {number} maxZoom */
export function nearness(zoom, maxZoom) {
  if (zoom >= maxZoom) return 0;
  return zoom >= SAME_FROM ? SAME : NEAR;
}

/** Pixels across the ring of so many projects. @param {number} count */
export function ringSize(count) {
  return Math.max(22, Math.min(46, 18 + 9.5 * Math.log10(count)));
}

/** @param {Spots} spots @param {number} world its width in pixels @param {number} near in pixels @returns {Clusters} */
export function clustersOf(spots, world, near) {
  const of = new Int32Array(spots.count).fill(-1);
  if (near === 0) return collected(spots, of, new Merger(spots, world, of, 0), world);
  const [px, py] = [scaled(spots.x, world), scaled(spots.y, world)];
  const cells = new Cells(px, py, near);
  const gatherer = new Gatherer(spots, px, py, cells, of);
  const merger = new Merger(spots, world, of, gatherer.gatherAll());
  merger.settle();
  absorb(spots, px, py, cells, of, merger);
  return collected(spots, of, merger, world);
}

/** @param {Float64Array} values @param {number} factor */
function scaled(values, factor) {
  const found = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) found[i] = values[i] * factor;
  return found;
}

/** Makes clusters around the densest cells first. */
class Gatherer {
  #found;
  /** Was something taken out of a cell since it was tried? Else it is of no use to try again. */
  #changed;
  #made = 0;

  /** @param {Spots} spots @param {Float64Array} px @param {Float64Array} py @param {Cells} cells @param {Int32Array} of the cluster of every spot */
  constructor(spots, px, py, cells, of) {
    this.spots = spots;
    this.px = px;
    this.py = py;
    this.cells = cells;
    this.of = of;
    this.#found = new Uint32Array(spots.count);
    this.#changed = new Uint8Array(cells.count).fill(1);
  }

  /** @returns {number} how many clusters were made */
  gatherAll() {
    const order = this.#densestFirst();
    for (let pass = 0, before = -1; pass < MOST_PASSES && before < this.#made; pass += 1) {
      before = this.#made;
      for (let i = 0; i < order.length; i += 1) this.#gather(order[i]);
    }
    return this.#made;
  }

  /** Cells by how many projects they hold, without those around which there are too few. */
  #densestFirst() {
    const { cells, spots } = this;
    const projects = new Uint32Array(cells.count);
    for (let s = 0; s < spots.count; s += 1) projects[cells.of[s]] += spots.starts[s + 1] - spots.starts[s];
    const sparsity = new Int32Array(cells.count);
    for (let c = 0; c < cells.count; c += 1) sparsity[c] = this.#isEnough(projects, c) ? DENSE - Math.min(DENSE, projects[c]) : -1;
    return sortedBy(sparsity, startsOf(sparsity, DENSE + 1));
  }

  /** @param {Uint32Array} projects in every cell @param {number} cell */
  #isEnough(projects, cell) {
    const { cells } = this;
    const [column, line] = [cells.column[cell], cells.line[cell]];
    let sum = projects[cell];
    for (let k = 0; k < 9 && sum < LEAST; k += 1) {
      const there = k === 4 ? -1 : cells.find(column + (k % 3) - 1, line + ((k / 3) | 0) - 1);
      if (there >= 0) sum += projects[there];
    }
    return sum >= LEAST;
  }

  /** A cluster around the middle of what is still free in a cell, if enough is near to it. @param {number} cell */
  #gather(cell) {
    const { cells, spots, of, px, py } = this;
    if (!this.#changed[cell]) return;
    this.#changed[cell] = 0;
    let x = 0;
    let y = 0;
    let free = 0;
    for (let i = cells.starts[cell]; i < cells.starts[cell + 1]; i += 1) {
      const spot = cells.points[i];
      if (of[spot] >= 0) continue;
      x += px[spot];
      y += py[spot];
      free += 1;
    }
    if (free === 0) return;
    const count = this.#near(cell, x / free, y / free);
    let projects = 0;
    for (let i = 0; i < count; i += 1) projects += spots.starts[this.#found[i] + 1] - spots.starts[this.#found[i]];
    if (projects < LEAST || count < 2) return;
    this.#take(count);
  }

  /** @param {number} count of those found */
  #take(count) {
    for (let i = 0; i < count; i += 1) {
      this.of[this.#found[i]] = this.#made;
      this.#changed[this.cells.of[this.#found[i]]] = 1;
    }
    this.#made += 1;
  }

  /** Free spots near a point of a cell, into `found`; says how many. @param {number} cell @param {number} x @param {number} y */
  #near(cell, x, y) {
    const { cells, of, px, py } = this;
    const [column, line] = [cells.column[cell], cells.line[cell]];
    let count = 0;
    for (let k = 0; k < 9; k += 1) {
      const there = cells.find(column + (k % 3) - 1, line + ((k / 3) | 0) - 1);
      if (there < 0) continue;
      for (let i = cells.starts[there]; i < cells.starts[there + 1]; i += 1) {
        const spot = cells.points[i];
        if (of[spot] >= 0 || (px[spot] - x) ** 2 + (py[spot] - y) ** 2 > cells.side ** 2) continue;
        this.#found[count] = spot;
        count += 1;
      }
    }
    return count;
  }
}

/**
 * Symbols that would peep out from under a ring go into it.
 * @param {Spots} spots @param {Float64Array} px @param {Float64Array} py @param {Cells} cells @param {Int32Array} of @param {Merger} merger
 */
function absorb(spots, px, py, cells, of, merger) {
  for (let c = 0; c < merger.count; c += 1) {
    if (!merger.isLive(c)) continue;
    const [x, y, reach] = [merger.x[c], merger.y[c], ringSize(merger.size[c]) / 2 + UNDER];
    const last = { column: Math.floor((x + reach) / cells.side), line: Math.floor((y + reach) / cells.side) };
    for (let column = Math.floor((x - reach) / cells.side); column <= last.column; column += 1) {
      for (let line = Math.floor((y - reach) / cells.side); line <= last.line; line += 1) {
        const cell = cells.find(column, line);
        for (let i = cell < 0 ? 0 : cells.starts[cell]; cell >= 0 && i < cells.starts[cell + 1]; i += 1) {
          const spot = cells.points[i];
          if (of[spot] >= 0 || (px[spot] - x) ** 2 + (py[spot] - y) ** 2 > reach ** 2) continue;
          of[spot] = c;
          merger.size[c] += spots.starts[spot + 1] - spots.starts[spot];
        }
      }
    }
  }
}

/** @param {Spots} spots @param {Int32Array} of @param {Merger} merger @param {number} world @returns {Clusters} */
function collected(spots, of, merger, world) {
  const { rank, order } = merger.bySize();
  const ranked = new Int32Array(of.length);
  for (let s = 0; s < of.length; s += 1) ranked[s] = of[s] < 0 ? -1 : rank[merger.root(of[s])];
  const starts = startsOf(ranked, order.length);
  return {
    count: order.length,
    x: Float64Array.from(order, (c) => merger.x[c] / world),
    y: Float64Array.from(order, (c) => merger.y[c] / world),
    size: Uint32Array.from(order, (c) => merger.size[c]),
    starts,
    spots: sortedBy(ranked, starts),
    loose: looseOf(ranked, spots.count - starts[order.length]),
  };
}

/** @param {Int32Array} clusters of every spot @param {number} count */
function looseOf(clusters, count) {
  const found = new Uint32Array(count);
  for (let s = 0, at = 0; s < clusters.length; s += 1) {
    if (clusters[s] >= 0) continue;
    found[at] = s;
    at += 1;
  }
  return found;
}

/**
 * How many projects of each group are in each cluster: those of cluster c are at `c * groups` and on.
 * @param {Clusters} clusters @param {Spots} spots @param {(row: number) => number} groupOf @param {number} groups
 */
export function tally({ count, starts, spots: inside }, { starts: rowStarts, rows }, groupOf, groups) {
  const found = new Uint32Array(count * groups);
  for (let c = 0; c < count; c += 1) {
    for (let i = starts[c]; i < starts[c + 1]; i += 1) {
      for (let k = rowStarts[inside[i]]; k < rowStarts[inside[i] + 1]; k += 1) found[c * groups + groupOf(rows[k])] += 1;
    }
  }
  return found;
}

/** The projects of a cluster. @param {Clusters} clusters @param {Spots} spots @param {number} c @returns {number[]} */
export function rowsOf({ starts, spots: inside }, { starts: rowStarts, rows }, c) {
  const found = [];
  for (let i = starts[c]; i < starts[c + 1]; i += 1) {
    for (let k = rowStarts[inside[i]]; k < rowStarts[inside[i] + 1]; k += 1) found.push(rows[k]);
  }
  return found;
}

/**
 * Left, top, right and bottom of a cluster's projects, in world units.
 * @param {Clusters} clusters @param {Spots} spots @param {number} c @returns {import("./viewport.js").Box}
 */
export function boundsOfCluster({ starts, spots }, { x, y }, c) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = starts[c]; i < starts[c + 1]; i += 1) {
    const spot = spots[i];
    left = Math.min(left, x[spot]);
    top = Math.min(top, y[spot]);
    right = Math.max(right, x[spot]);
    bottom = Math.max(bottom, y[spot]);
  }
  return [left, top, right, bottom];
}
