// How is a symbol drawn a thousand times? Once for each look, into one picture from which it is copied.
//
// A sharp edge says that the site is known, a soft one that the place is rough.

import { glyphOf, isHollow, shapeOf } from "./looks.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

const SIDE = 1024; // pixels of the picture
const COARSE_FROM = 16; // pixels across from which on sizes differ by two
const LARGEST = 64; // pixels across that a symbol may be
const EDGE = 4; // pixels around a symbol for its outline
const GLYPH_FROM = 11; // pixels across; a glyph on a smaller symbol is a blot
const GLYPH_MOST = 22; // pixels across from which on glyphs do not grow

export class Sprites {
  #dataset;
  #palette;
  /** Where each look is in the picture, as its left and its top; -1 where it is not yet. */
  #places;
  #picture;
  #pen;
  /** Where the next symbol of each size goes. @type {Map<number, {left: number, top: number}>} */
  #next = new Map();
  #bottom = 0;
  #side;
  #isFull = false;
  /** @readonly */
  ratio;

  /** @param {Dataset} dataset @param {Palette} palette @param {number} ratio device pixels a CSS pixel */
  constructor(dataset, palette, ratio) {
    this.#dataset = dataset;
    this.#palette = palette;
    this.ratio = ratio;
    this.#side = SIDE * ratio;
    this.#picture = new OffscreenCanvas(this.#side, this.#side);
    this.#pen = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#picture.getContext("2d"));
    const { codes } = dataset;
    this.#places = new Int32Array(codes.kind.length * codes.status.length * 2 * LARGEST * 2).fill(-1);
  }

  /** Which look a symbol has. @param {number} kind @param {number} status positions @param {number} rough 0 or 1 @param {number} size */
  look(kind, status, rough, size) {
    const step = size < COARSE_FROM ? 1 : 2;
    const whole = Math.max(1, Math.min(LARGEST - 2, step * Math.round(size / step)));
    return ((kind * this.#dataset.codes.status.length + status) * 2 + rough) * LARGEST + whole;
  }

  /** Forgets all looks once there were too many, so that those of the next drawing have room. */
  makeRoom() {
    if (!this.#isFull) return;
    this.#pen.resetTransform();
    this.#pen.clearRect(0, 0, this.#side, this.#side);
    this.#places.fill(-1);
    this.#next.clear();
    [this.#bottom, this.#isFull] = [0, false];
  }

  /** Makes ready what was not drawn before; false where the picture has no room left. @param {number} look */
  prepare(look) {
    if (this.#places[2 * look] >= 0) return true;
    const size = look % LARGEST;
    const place = this.#placeFor(this.#sideOf(size));
    if (!place) return false;
    this.#places[2 * look] = place.left;
    this.#places[2 * look + 1] = place.top;
    const half = this.#sideOf(size) / 2;
    this.#pen.setTransform(this.ratio, 0, 0, this.ratio, place.left + half, place.top + half);
    this.#paint(this.#pen, look);
    return true;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} look @param {number} x @param {number} y */
  draw(ctx, look, x, y) {
    const side = this.#sideOf(look % LARGEST);
    const across = side / this.ratio;
    const [left, top] = [this.#onPixel(x - across / 2), this.#onPixel(y - across / 2)];
    if (this.prepare(look)) {
      const place = 2 * look;
      ctx.drawImage(this.#picture, this.#places[place], this.#places[place + 1], side, side, left, top, across, across);
    } else {
      ctx.translate(x, y);
      this.#paint(ctx, look);
      ctx.translate(-x, -y);
    }
  }

  /** On a whole device pixel: a picture between pixels is blurred, and takes longer. @param {number} at */
  #onPixel(at) {
    return Math.round(at * this.ratio) / this.ratio;
  }

  /** Device pixels. @param {number} size */
  #sideOf(size) {
    return Math.ceil((size * 1.06 + 2 * EDGE) * this.ratio);
  }

  /** @param {number} side */
  #placeFor(side) {
    let next = this.#next.get(side);
    if (!next || next.left + side > this.#side) {
      this.#isFull ||= this.#bottom + side > this.#side;
      if (this.#isFull) return null;
      next = { left: 0, top: this.#bottom };
      this.#next.set(side, next);
      this.#bottom += side;
    }
    const { left, top } = next;
    next.left += side;
    return { left, top };
  }

  /** Around the origin. @param {Context} ctx @param {number} look */
  #paint(ctx, look) {
    const { codes, groupOfStatus } = this.#dataset;
    const size = look % LARGEST;
    const rough = Math.floor(look / LARGEST) % 2 === 1;
    const status = Math.floor(look / LARGEST / 2) % codes.status.length;
    const kind = Math.floor(look / LARGEST / 2 / codes.status.length);
    const group = groupOfStatus[status];
    const shape = scaled(shapeOf(codes.kind[kind]), size / 18);
    this.#paintShape(ctx, shape, group, rough);
    if (size >= GLYPH_FROM) this.#paintGlyph(ctx, scaled(glyphOf(codes.status[status]), Math.min(size, GLYPH_MOST) / 18), group);
  }

  /** @param {Context} ctx @param {Path2D} shape @param {number} group @param {boolean} rough */
  #paintShape(ctx, shape, group, rough) {
    const { fill, line, halo } = this.#palette;
    const hollow = isHollow(this.#dataset.codes.status_group[group]);
    ctx.lineJoin = "round";
    this.#edge(ctx, shape, halo, rough ? 6.6 : 3.4, 1);
    if (rough) this.#edge(ctx, shape, fill[group], 5, hollow ? 0.25 : 0.38);
    ctx.fillStyle = hollow ? halo : fill[group];
    ctx.fill(shape);
    if (hollow || !rough) this.#edge(ctx, shape, line[group], 1.2, 1);
  }

  /** @param {Context} ctx @param {Path2D} shape @param {string} ink @param {number} width @param {number} alpha */
  #edge(ctx, shape, ink, width, alpha) {
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = ink;
    ctx.lineWidth = width;
    ctx.stroke(shape);
    ctx.globalAlpha = 1;
  }

  /** @param {Context} ctx @param {Path2D} glyph @param {number} group */
  #paintGlyph(ctx, glyph, group) {
    ctx.strokeStyle = this.#palette.glyph[group];
    ctx.lineWidth = 1.5;
    ctx.stroke(glyph);
  }
}

/** @param {string} path @param {number} factor */
function scaled(path, factor) {
  const found = new Path2D();
  found.addPath(new Path2D(path), new DOMMatrix([factor, 0, 0, factor, 0, 0]));
  return found;
}
