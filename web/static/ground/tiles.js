// Which tiles lie under the view, and what do they hold? Each is fetched once; the picture is drawn again when it comes.

import { TILE_ENDING } from "../base/root.js";

/** @typedef {import("../map/frame.js").Frame} Frame */
/** A tile of a copy of the world. @typedef {{zoom: number, x: number, y: number, copy: number}} Place */

const MOST_KEPT = 400;
const MARGIN = 1 / 6; // of the frame, on each side: what lies there is not in view yet

/**
 * The tiles under a frame; without its margin, those that are in view.
 * @param {Frame} frame @param {number} zoom @param {boolean} [withMargin] @returns {Place[]}
 */
export function tilesUnder(frame, zoom, withMargin = true) {
  const side = 2 ** zoom;
  const size = frame.world / side;
  const inset = withMargin ? 0 : MARGIN;
  const [left, right] = span(frame.left, frame.width, inset, size);
  const [top, bottom] = span(frame.top, frame.height, inset, size);
  const found = [];
  for (let y = Math.max(0, top); y <= Math.min(side - 1, bottom); y += 1) {
    for (let x = left; x <= right; x += 1) {
      const copy = Math.floor(x / side);
      found.push({ zoom, x: x - copy * side, y, copy });
    }
  }
  return found;
}

/** @param {number} start @param {number} length @param {number} inset @param {number} size */
function span(start, length, inset, size) {
  return [Math.floor((start + length * inset) / size), Math.floor((start + length * (1 - inset)) / size)];
}

/**
 * The tile's square on the canvas. Its edges lie on whole pixels, so that neighbours meet without a seam.
 * @param {Frame} frame @param {Place} place @returns {[number, number, number, number]} left, top, width, height
 */
export function squareOf(frame, { zoom, x, y, copy }) {
  const side = 2 ** zoom;
  const [left, right] = [x, x + 1].map((at) => Math.round((at / side + copy) * frame.world - frame.left));
  const [top, bottom] = [y, y + 1].map((at) => Math.round((at / side) * frame.world - frame.top));
  return [left, top, right - left, bottom - top];
}

/** Nothing is drawn beyond the tile's square. @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {Place} place */
export function clipTo(ctx, frame, place) {
  const path = new Path2D();
  path.rect(...squareOf(frame, place));
  ctx.clip(path);
}

/** @template Content */
export class Tiles {
  /** @type {Map<string, Content | null>} what has come; null for a tile that is still on its way or cannot be had */
  #known = new Map();
  #read;
  #came;

  /**
   * @param {(place: Place) => Promise<Content | null>} read
   * @param {() => void} came is called when a tile has come
   */
  constructor(read, came) {
    this.#read = read;
    this.#came = came;
  }

  /** @param {Place} place @returns {Content | null} null while it is not there */
  get(place) {
    return this.#known.get(keyOf(place)) ?? null;
  }

  /** Fetches what is not there yet. @param {Place[]} places */
  want(places) {
    for (const place of places) if (!this.#known.has(keyOf(place))) void this.#fetch(place);
  }

  /** @param {Place} place */
  async #fetch(place) {
    const key = keyOf(place);
    this.#known.set(key, null);
    try {
      const content = await this.#read(place);
      this.#known.set(key, content);
      this.#forget();
      if (content !== null) this.#came();
    } catch {
      this.#known.delete(key); // the next picture asks again
    }
  }

  /** The oldest go: a map's keys keep the order in which they were set. */
  #forget() {
    for (const key of this.#known.keys()) {
      if (this.#known.size <= MOST_KEPT) return;
      this.#known.delete(key);
    }
  }
}

/** @param {Place} place */
function keyOf({ zoom, x, y }) {
  return `${zoom}/${x}/${y}`;
}

/**
 * @param {string | null} address to which z/x/y is added @param {Place} place
 * @returns {Promise<any>} null where there is nothing
 */
export async function fetchTile(address, { zoom, x, y }) {
  if (address === null) return null;
  const response = await fetch(`${address}/${zoom}/${x}/${y}${TILE_ENDING}`);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return response.status === 204 ? null : response.json();
}
