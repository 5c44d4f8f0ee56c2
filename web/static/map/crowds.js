// How is a cluster drawn? As a ring of arcs, one for each group in it, around the count.

import { boundsOfCluster, ringSize, rowsOf } from "./clusters.js";
import { canvasX } from "./marks.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./ringpictures.js").RingPictures} RingPictures */
/** @typedef {import("./spots.js").Spots} Spots */
/** @typedef {import("./arrangement.js").Crowds} Crowds */
/** @typedef {{ctx: CanvasRenderingContext2D, frame: Frame, palette: Palette}} Brush */

/** The clusters that are on the canvas. */
export class Rings {
  count = 0;
  /** Which cluster each is. */
  cluster = new Uint32Array(256);
  x = new Float32Array(256);
  y = new Float32Array(256);
  half = new Float32Array(256);
  /** @type {Crowds | null} */
  #crowds = null;

  /** @param {Crowds} crowds @param {Frame} frame */
  collect(crowds, frame) {
    const { clusters } = crowds;
    this.#crowds = crowds;
    this.#makeRoom(clusters.count);
    this.count = 0;
    for (let c = 0; c < clusters.count; c += 1) {
      const half = ringSize(clusters.size[c]) / 2;
      const x = canvasX(frame, clusters.x[c]);
      const y = clusters.y[c] * frame.world - frame.top;
      if (x < -half || y < -half || x > frame.width + half || y > frame.height + half) continue;
      this.cluster[this.count] = c;
      this.x[this.count] = x;
      this.y[this.count] = y;
      this.half[this.count] = half;
      this.count += 1;
    }
  }

  /** How many projects are in a ring. @param {number} ring */
  size(ring) {
    return this.#crowds?.clusters.size[this.cluster[ring]] ?? 0;
  }

  /** The ring at a point, -1 for none. @param {number} x @param {number} y @param {number} reach pixels */
  #at(x, y, reach) {
    for (let i = 0; i < this.count; i += 1)
      if ((this.x[i] - x) ** 2 + (this.y[i] - y) ** 2 <= (this.half[i] + reach) ** 2) return i;
    return -1;
  }

  /** What is in the ring at a point, as it was drawn. @param {Spots} spots @param {number} x @param {number} y @param {number} reach pixels */
  contentAt(spots, x, y, reach) {
    const ring = this.#at(x, y, reach);
    if (ring < 0 || !this.#crowds) return null;
    const { clusters } = this.#crowds;
    const cluster = this.cluster[ring];
    return { rows: rowsOf(clusters, spots, cluster), box: boundsOfCluster(clusters, spots, cluster) };
  }

  /** @param {Brush} brush @param {number[]} order positions of groups, clockwise from the top @param {RingPictures} pictures */
  paint(brush, order, pictures) {
    pictures.paint(brush.ctx, this, (ring) => this.#shares(ring, order));
    this.#paintCounts(brush);
  }

  /** The groups in a ring. @param {number} ring @param {number[]} order @returns {import("./ringpictures.js").Shares} */
  #shares(ring, order) {
    if (!this.#crowds) return [];
    const { tallies, clusters } = this.#crowds;
    const first = this.cluster[ring] * order.length;
    const size = clusters.size[this.cluster[ring]];
    return order.filter((group) => tallies[first + group] > 0).map((group) => ({ group, part: tallies[first + group] / size }));
  }

  /** @param {Brush} brush */
  #paintCounts({ ctx, palette }) {
    ctx.fillStyle = palette.ink;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const [font, most] of /** @type {[string, number][]} */ ([["600 11px", 13], ["600 12px", 18], ["600 13px", 99]])) {
      ctx.font = `${font} ${palette.font}`;
      const least = most === 13 ? 0 : most === 18 ? 13 : 18;
      for (let i = 0; i < this.count; i += 1)
        if (this.half[i] > least && this.half[i] <= most) ctx.fillText(shortCount(this.size(i)), this.x[i], this.y[i] + 0.5);
    }
  }

  /** @param {number} count */
  #makeRoom(count) {
    if (count <= this.cluster.length) return;
    this.cluster = new Uint32Array(2 * count);
    this.x = new Float32Array(2 * count);
    this.y = new Float32Array(2 * count);
    this.half = new Float32Array(2 * count);
  }
}

/** `3456` as `3.4k`: what has no room is left out, never rounded up. @param {number} count */
export function shortCount(count) {
  if (count < 1000) return String(count);
  return count < 10_000 ? `${Math.floor(count / 100) / 10}k` : `${Math.floor(count / 1000)}k`;
}
