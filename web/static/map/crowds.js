// How is a cluster drawn? As a ring of arcs, one for each group in it, around the count.

import { boundsOfCluster, ringSize, rowsOf } from "./clusters.js";
import { canvasX } from "./marks.js";

/** @typedef {import("./canvaslayer.js").Frame} Frame */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./spots.js").Spots} Spots */
/** @typedef {import("./arrangement.js").Crowds} Crowds */
/** @typedef {{ctx: CanvasRenderingContext2D, frame: Frame, palette: Palette}} Brush */

const BAND = 5; // pixels: how wide the ring is
const HALO = 1.5;

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
    return { rows: rowsOf(clusters, spots, cluster), box: boundsOfCluster(clusters, cluster) };
  }

  /** @param {Brush} brush @param {number[]} order positions of groups, clockwise from the top */
  paint(brush, order) {
    const { ctx, palette } = brush;
    this.#paintDiscs(ctx, HALO, palette.halo);
    this.#paintDiscs(ctx, 0, palette.paper);
    ctx.lineWidth = BAND;
    for (let i = 0; i < order.length; i += 1) this.#paintArcs(ctx, order, i, palette.fill[order[i]]);
    this.#paintCounts(brush);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} more pixels @param {string} colour */
  #paintDiscs(ctx, more, colour) {
    ctx.beginPath();
    for (let i = 0; i < this.count; i += 1) {
      ctx.moveTo(this.x[i] + this.half[i] + more, this.y[i]);
      ctx.arc(this.x[i], this.y[i], this.half[i] + more, 0, 2 * Math.PI);
    }
    ctx.fillStyle = colour;
    ctx.fill();
  }

  /** All arcs of one group as one path. @param {CanvasRenderingContext2D} ctx @param {number[]} order @param {number} at @param {string} colour */
  #paintArcs(ctx, order, at, colour) {
    if (!this.#crowds) return;
    const { tallies, clusters } = this.#crowds;
    ctx.beginPath();
    for (let i = 0; i < this.count; i += 1) {
      const first = this.cluster[i] * order.length;
      const count = tallies[first + order[at]];
      if (count === 0) continue;
      let before = 0;
      for (let k = 0; k < at; k += 1) before += tallies[first + order[k]];
      arc(ctx, this, i, before / clusters.size[this.cluster[i]], count / clusters.size[this.cluster[i]]);
    }
    ctx.strokeStyle = colour;
    ctx.stroke();
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

/** @param {CanvasRenderingContext2D} ctx @param {Rings} rings @param {number} i @param {number} from @param {number} share of the circle */
function arc(ctx, rings, i, from, share) {
  const radius = rings.half[i] - BAND / 2;
  const gap = share < 1 ? Math.min(0.5 / radius, share) : 0;
  const start = 2 * Math.PI * from - Math.PI / 2 + gap;
  const end = start + Math.max(0.05, 2 * Math.PI * share - 2 * gap);
  ctx.moveTo(rings.x[i] + radius * Math.cos(start), rings.y[i] + radius * Math.sin(start));
  ctx.arc(rings.x[i], rings.y[i], radius, start, end);
}

/** `3456` as `3.4k`: what has no room is left out, never rounded up. @param {number} count */
export function shortCount(count) {
  if (count < 1000) return String(count);
  return count < 10_000 ? `${Math.floor(count / 100) / 10}k` : `${Math.floor(count / 1000)}k`;
}
