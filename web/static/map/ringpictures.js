// How are hundreds of rings drawn at once? Pixel by pixel into one picture, from which each is copied to its place: a browser
// takes five times as long for as many arcs.

import { startsOf } from "./cells.js";
import { faded, mixed, pixelOf } from "./pixels.js";

/** @typedef {import("./palette.js").Palette} Palette */
/**
 * The pixels of a ring by their place in the picture, counted from its top left corner: paper within it, and the ring itself in
 * order of angles: those at angle a are `starts[a]` to `starts[a + 1] - 1`.
 * @typedef {object} Stencil
 * @property {number} side pixels
 * @property {Int32Array} paper
 * @property {Int32Array} ring @property {Uint32Array} starts
 * @property {Uint32Array[]} looks what the ring's pixels are in each group's colour, and last in that of a gap
 */
/** Parts of a whole for each group, clockwise from the top. @typedef {{group: number, part: number}[]} Shares */

export const WIDTH = 1024; // pixels of the picture
const BAND = 5; // pixels: how wide the ring is
const HALO = 1.5;
const ANGLES = 256;
const LEAST = 2; // angles that a part has, however small
const GAPLESS = 4; // angles; what is smaller has no gap beside it

export class RingPictures {
  #ratio;
  #fill;
  #paper;
  #halo;
  /** By half of the pixels across. @type {Map<number, Stencil>} */
  #stencils = new Map();
  #picture = new OffscreenCanvas(WIDTH, 1);
  #pen = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#picture.getContext("2d"));

  /** @param {Palette} palette @param {number} ratio device pixels a CSS pixel */
  constructor(palette, ratio) {
    this.#ratio = ratio;
    this.#paper = pixelOf(this.#pen, palette.paper);
    this.#halo = pixelOf(this.#pen, palette.halo);
    this.#fill = [...palette.fill.map((colour) => pixelOf(this.#pen, colour)), this.#paper];
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {{count: number, x: Float32Array, y: Float32Array, half: Float32Array}} rings the largest first
   * @param {(ring: number) => Shares} sharesOf
   */
  paint(ctx, { count, x, y, half }, sharesOf) {
    if (count === 0) return;
    const stencils = Array.from({ length: count }, (_none, i) => this.#stencil(Math.round(half[i] * this.#ratio)));
    const { places, height } = placed(stencils.map(({ side }) => side));
    const data = this.#pen.createImageData(WIDTH, height);
    const pixels = new Uint32Array(data.data.buffer);
    for (let i = 0; i < count; i += 1) this.#stamp(pixels, places[2 * i + 1] * WIDTH + places[2 * i], stencils[i], sharesOf(i));
    if (this.#picture.height < data.height) this.#picture.height = data.height;
    this.#pen.putImageData(data, 0, 0);
    for (let i = 0; i < count; i += 1) {
      const { side } = stencils[i];
      const across = side / this.#ratio;
      const [left, top] = [this.#onPixel(x[i] - across / 2), this.#onPixel(y[i] - across / 2)];
      ctx.drawImage(this.#picture, places[2 * i], places[2 * i + 1], side, side, left, top, across, across);
    }
  }

  /** @param {number} at */
  #onPixel(at) {
    return Math.round(at * this.#ratio) / this.#ratio;
  }

  /**
   * The large parts first, for a small one must not vanish.
   * @param {Uint32Array} pixels @param {number} from @param {Stencil} stencil @param {Shares} shares
   */
  #stamp(pixels, from, stencil, shares) {
    const { paper } = stencil;
    for (let i = 0; i < paper.length; i += 1) pixels[from + paper[i]] = this.#paper;
    /** @type {[number, number, number][]} group, first angle and the one after the last, of what is small */
    const small = [];
    let before = 0;
    for (const { group, part } of shares) {
      const [first, last] = [Math.round(ANGLES * before), Math.round(ANGLES * (before + part))];
      before += part;
      if (last - first < GAPLESS) small.push([group, Math.min(first, ANGLES - LEAST), Math.max(last, first + LEAST)]);
      else this.#stampPart(pixels, from, stencil, group, first, last, part < 1);
    }
    for (const [group, first, last] of small) this.#stampPart(pixels, from, stencil, group, first, Math.min(last, ANGLES), false);
  }

  /**
   * @param {Uint32Array} pixels @param {number} from @param {Stencil} stencil
   * @param {number} group @param {number} first @param {number} last @param {boolean} hasGap before it
   */
  #stampPart(pixels, from, { ring, starts, looks }, group, first, last, hasGap) {
    const [look, gap] = [looks[group], looks[looks.length - 1]];
    const begins = hasGap ? starts[first + 1] : starts[first];
    for (let i = starts[first]; i < begins; i += 1) pixels[from + ring[i]] = gap[i];
    for (let i = begins; i < starts[last]; i += 1) pixels[from + ring[i]] = look[i];
  }

  /** @param {number} half device pixels */
  #stencil(half) {
    let found = this.#stencils.get(half);
    if (!found) this.#stencils.set(half, (found = this.#cut(half)));
    return found;
  }

  /** @param {number} half @returns {Stencil} */
  #cut(half) {
    const { side, points } = circleOf(half, this.#ratio);
    const paper = points.filter(({ middle }) => middle === 1);
    const ring = points.filter(({ middle }) => middle < 1).sort((a, b) => a.angle - b.angle);
    const starts = startsOf(Int32Array.from(ring, ({ angle }) => angle), ANGLES);
    const look = (/** @type {number} */ colour) =>
      Uint32Array.from(ring, ({ alpha, inside, middle }) =>
        faded(mixed(mixed(this.#halo, colour, inside), this.#paper, middle), alpha),
      );
    const at = (/** @type {Point[]} */ some) => Int32Array.from(some, (point) => point.at);
    return { side, paper: at(paper), ring: at(ring), starts, looks: this.#fill.map(look) };
  }
}

/** Left and top of each square in the picture, line after line, and the height of all. @param {number[]} sides the largest first */
export function placed(sides) {
  const places = new Uint32Array(2 * sides.length);
  let [left, top, bottom] = [0, 0, 0];
  sides.forEach((side, i) => {
    if (left + side > WIDTH) [left, top] = [0, bottom];
    places[2 * i] = left;
    places[2 * i + 1] = top;
    left += side;
    bottom = Math.max(bottom, top + side);
  });
  return { places, height: bottom };
}

/**
 * The pixels of a disc with a band and a halo: how much of each is covered at all, within the halo, and within the band.
 * @typedef {{at: number, angle: number, alpha: number, inside: number, middle: number}} Point
 */

/** @param {number} half @param {number} ratio @returns {{side: number, points: Point[]}} */
function circleOf(half, ratio) {
  const reach = Math.ceil(half + HALO * ratio);
  const points = [];
  for (let i = 0; i < 4 * reach * reach; i += 1) {
    const [line, column] = [Math.floor(i / (2 * reach)), i % (2 * reach)];
    const [across, down] = [column + 0.5 - reach, line + 0.5 - reach];
    const distance = Math.hypot(across, down);
    const covered = (/** @type {number} */ radius) => Math.max(0, Math.min(1, radius + 0.5 - distance));
    const alpha = covered(half + HALO * ratio);
    const angle = Math.floor(ANGLES * ((Math.atan2(across, -down) / (2 * Math.PI) + 1) % 1));
    const [inside, middle] = [covered(half), covered(half - BAND * ratio)];
    if (alpha > 0) points.push({ at: line * WIDTH + column, angle, alpha, inside, middle });
  }
  return { side: 2 * reach, points };
}
