// What becomes of rings that would lie on one another? The nearest become one, the others are pushed apart.

import { Cells } from "./cells.js";
import { ringSize } from "./clusters.js";

/** @typedef {import("./spots.js").Spots} Spots */

const WIDEST = 46; // pixels across
const GAP = 2; // pixels between rings
const ONE = 0.68; // of the sum of their reaches: rings nearer than that become one
const COVERED = 5; // pixels by which rings may overlap after all pushing
const ROUNDS = 12;
const FARTHEST = 14; // pixels that a ring may be pushed away from its projects' middle

export class Merger {
  /** @type {Int32Array} the cluster into which each went, itself while it is there */
  #into;
  #half;

  /** @param {Spots} spots @param {number} world its width in pixels @param {Int32Array} of the cluster of every spot @param {number} count */
  constructor(spots, world, of, count) {
    this.count = count;
    this.size = new Uint32Array(count);
    /** Where rings are drawn, in pixels of the world. */
    this.x = new Float64Array(count);
    this.y = new Float64Array(count);
    this.#into = new Int32Array(count).map((_none, c) => c);
    this.#middles(spots, world, of);
    /** Half of what each ring is across. */
    this.#half = Float64Array.from(this.size, (size) => ringSize(size) / 2);
  }

  /** @param {number} c */
  isLive(c) {
    return this.#into[c] === c;
  }

  /** The cluster that holds what was in this one. @param {number} c */
  root(c) {
    while (this.#into[c] !== c) c = this.#into[c];
    return c;
  }

  settle() {
    for (let round = 0; round < ROUNDS && this.#mergeNear(ONE, 0, true); round += 1);
    this.#push();
    this.#mergeNear(1, COVERED, false);
  }

  /** The clusters that are left, the largest first, and the rank of each. */
  bySize() {
    const order = Array.from({ length: this.count }, (_none, c) => c).filter((c) => this.isLive(c));
    order.sort((a, b) => this.size[b] - this.size[a] || a - b);
    const rank = new Int32Array(this.count);
    order.forEach((c, i) => (rank[c] = i));
    return { order, rank };
  }

  /** @param {Spots} spots @param {number} world @param {Int32Array} of */
  #middles({ count, x, y, starts }, world, of) {
    for (let s = 0; s < count; s += 1) {
      if (of[s] < 0) continue;
      const projects = starts[s + 1] - starts[s];
      this.size[of[s]] += projects;
      this.x[of[s]] += projects * x[s] * world;
      this.y[of[s]] += projects * y[s] * world;
    }
    for (let c = 0; c < this.count; c += 1) {
      this.x[c] /= this.size[c];
      this.y[c] /= this.size[c];
    }
  }

  /** @param {number} a @param {number} b */
  #reach(a, b) {
    return this.#half[a] + this.#half[b];
  }

  /** @param {number} a @param {number} b */
  #distance(a, b) {
    return Math.sqrt((this.x[a] - this.x[b]) ** 2 + (this.y[a] - this.y[b]) ** 2);
  }

  /**
   * Puts together clusters that are nearer than a share of their reaches less some pixels; says whether any were.
   * @param {number} share @param {number} less @param {boolean} moving does the ring move to the middle of both?
   */
  #mergeNear(share, less, moving) {
    const cells = new Cells(this.x, this.y, WIDEST);
    let merged = false;
    for (const a of this.bySize().order) {
      if (!this.isLive(a)) continue;
      cells.beside(a, (b) => {
        if (a === b || !this.isLive(b) || this.#distance(a, b) >= share * this.#reach(a, b) - less) return;
        this.#merge(a, b, moving);
        merged = true;
      });
    }
    return merged;
  }

  /** @param {number} a @param {number} b @param {boolean} moving */
  #merge(a, b, moving) {
    const part = this.size[b] / (this.size[a] + this.size[b]);
    if (moving) {
      this.x[a] += (this.x[b] - this.x[a]) * part;
      this.y[a] += (this.y[b] - this.y[a]) * part;
    }
    this.size[a] += this.size[b];
    this.#half[a] = ringSize(this.size[a]) / 2;
    this.#into[b] = a;
  }

  /** The smaller of two that overlap gives way more. */
  #push() {
    const pairs = this.#neighbours();
    const home = { x: this.x.slice(), y: this.y.slice() };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let i = 0; i < pairs.length; i += 2) this.#part(pairs[i], pairs[i + 1]);
      for (let c = 0; c < this.count; c += 1) this.#hold(c, home);
    }
  }

  #neighbours() {
    const cells = new Cells(this.x, this.y, WIDEST);
    /** @type {number[]} */
    const pairs = [];
    for (let a = 0; a < this.count; a += 1) {
      if (!this.isLive(a)) continue;
      cells.beside(a, (b) => {
        if (b > a && this.isLive(b) && this.#distance(a, b) < this.#reach(a, b) + FARTHEST) pairs.push(a, b);
      });
    }
    return pairs;
  }

  /** @param {number} a @param {number} b */
  #part(a, b) {
    const distance = this.#distance(a, b);
    const overlap = this.#reach(a, b) + GAP - distance;
    if (overlap <= 0) return;
    const dx = distance ? (this.x[b] - this.x[a]) / distance : 1;
    const dy = distance ? (this.y[b] - this.y[a]) / distance : 0;
    const share = this.#half[b] / (this.#half[a] + this.#half[b]);
    this.x[a] -= dx * overlap * share;
    this.y[a] -= dy * overlap * share;
    this.x[b] += dx * overlap * (1 - share);
    this.y[b] += dy * overlap * (1 - share);
  }

  /** No ring leaves its projects. @param {number} c @param {{x: Float64Array, y: Float64Array}} home */
  #hold(c, home) {
    const dx = this.x[c] - home.x[c];
    const dy = this.y[c] - home.y[c];
    const far = Math.sqrt(dx * dx + dy * dy);
    if (far <= FARTHEST) return;
    this.x[c] = home.x[c] + (dx / far) * FARTHEST;
    this.y[c] = home.y[c] + (dy / far) * FARTHEST;
  }
}
