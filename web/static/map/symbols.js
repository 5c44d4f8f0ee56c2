// How does a project look? Colour is its stage, shape its kind, a dashed outline says that the place is rough.

import { svg } from "../base/dom.js";

/** @typedef {import("../base/snapshot.js").Row} Row */
/** @typedef {"" | "dot" | "bars" | "cross" | "question"} Glyph */
/**
 * `ink` colours lines and hatching, on a light and on a dark map. @typedef {{fill: string, ink: [string, string], glyph: Glyph}} Look
 */

/** Shapes within 18 by 18 units around the origin, the same for canvas and SVG. @type {Record<string, string>} */
const SHAPES = {
  hard_rock_mine: "M0-8.2 8.4 6.6H-8.4Z",
  brine_operation: "M0-9C2.8-4.6 6.6-1.6 6.6 2.2A6.6 6.6 0 0 1-6.6 2.2C-6.6-1.6-2.8-4.6 0-9Z",
  clay_mine: "M0-8 7.8-2.3 4.8 6.8H-4.8L-7.8-2.3Z",
  geothermal_brine: "M-7-6.6H7V1.2L0 8.4-7 1.2Z",
  refinery: "M-4.2-7.3H4.2L8.4 0 4.2 7.3H-4.2L-8.4 0Z",
  cathode_plant: "M0-8.8 8.8 0 0 8.8-8.8 0Z",
  anode_plant: "M-3.6-6.4H8.8L3.6 6.4H-8.8Z",
  component_plant: "M-4.6-6.4H4.6L8.8 6.4H-8.8Z",
  cell_factory: "M-7-7H7V7H-7Z",
  pack_factory: "M-8.2-4.4H-4.8V-7.2H-1.6V-4.4H1.6V-7.2H4.8V-4.4H8.2V6.6H-8.2Z",
  recycling_plant: "M3.4-7.4A8.2 8.2 0 1 0 8.2 0H3.6A3.6 3.6 0 1 1 1.5-3.3Z",
  storage_plant: "M-5-6.6Q-5-8.8-2.8-8.8H2.8Q5-8.8 5-6.6V6.6Q5 8.8 2.8 8.8H-2.8Q-5 8.8-5 6.6Z",
  pilot_plant: "M-2.9-8.2H2.9V-2.9H8.2V2.9H2.9V8.2H-2.9V2.9H-8.2V-2.9H-2.9Z",
};
const CIRCLE = "M-7.4 0A7.4 7.4 0 1 1 7.4 0 7.4 7.4 0 1 1-7.4 0Z";

/** @type {Record<Glyph, string>} */
const GLYPHS = {
  "": "",
  dot: "M-1.6 0A1.6 1.6 0 1 1 1.6 0 1.6 1.6 0 1 1-1.6 0Z",
  bars: "M-2-3.4V3.4M2-3.4V3.4",
  cross: "M-3-3 3 3M3-3-3 3",
  question: "M-2-2A2 2 0 1 1 .9-.3Q0 .3 0 1.6M0 3.6V4.2",
};

/** @type {Record<string, Look>} */
const LOOKS = {
  considered: { fill: "#d6ecf5", ink: ["#2b7391", "#9fd3ea"], glyph: "dot" },
  announced: { fill: "#d6ecf5", ink: ["#2b7391", "#9fd3ea"], glyph: "" },
  exploration: { fill: "#8ecae6", ink: ["#2b7391", "#8ecae6"], glyph: "" },
  study: { fill: "#8ecae6", ink: ["#2b7391", "#8ecae6"], glyph: "" },
  permitting: { fill: "#8ecae6", ink: ["#2b7391", "#8ecae6"], glyph: "" },
  construction: { fill: "#3182bd", ink: ["#2370a8", "#6db3e2"], glyph: "" },
  commissioning: { fill: "#3182bd", ink: ["#2370a8", "#6db3e2"], glyph: "" },
  operating: { fill: "#08306b", ink: ["#08306b", "#a9c6f0"], glyph: "" },
  paused: { fill: "#e69f00", ink: ["#94650a", "#f0b73c"], glyph: "bars" },
  shelved: { fill: "", ink: ["#857a72", "#b5a9a0"], glyph: "cross" },
  cancelled: { fill: "", ink: ["#857a72", "#b5a9a0"], glyph: "cross" },
  closed: { fill: "#5a4a42", ink: ["#5a4a42", "#c3b2a8"], glyph: "cross" },
  unknown: { fill: "#ffffff", ink: ["#55606a", "#c2cad1"], glyph: "question" },
};

/** @param {{code: string}} status @returns {Look} */
export function lookOf(status) {
  return LOOKS[status.code] ?? LOOKS.unknown;
}

/** Is the place only roughly known? @param {Row} row */
export function isRough(row) {
  return row.accuracy.code !== "site";
}

/**
 * The colour of a symbol's outline and glyph: the grey of what has ended is quiet, all others are dark, or light at night.
 * @param {Look} look
 * @param {boolean} dark
 */
function outlineOf(look, dark) {
  if (look.fill === "") return look.ink[dark ? 1 : 0];
  return dark ? "#f1f5f8" : "#1f2a33";
}

/** @param {Look} look */
function glyphColour(look) {
  return look.fill === "#5a4a42" ? "#ffffff" : "#1f2a33";
}

/** A status as a small round sign for legends and chips. @param {{code: string}} status */
export function statusIcon(status) {
  const look = lookOf(status);
  const hollow = look.fill === "";
  return svg(
    "svg",
    { class: "icon", viewBox: "-9 -9 18 18", width: 16, height: 16, "aria-hidden": "true" },
    svg("path", {
      d: CIRCLE,
      fill: hollow ? "none" : look.fill,
      stroke: hollow ? look.ink[0] : "currentColor",
      "stroke-width": 1.4,
    }),
    svg("path", {
      d: GLYPHS[look.glyph],
      fill: "none",
      stroke: hollow ? look.ink[0] : glyphColour(look),
      "stroke-width": 1.7,
    }),
  );
}

/** A kind as a small sign. @param {{code: string}} kind */
export function kindIcon(kind) {
  return svg(
    "svg",
    { class: "icon kind-icon", viewBox: "-9.5 -9.5 19 19", width: 14, height: 14, "aria-hidden": "true" },
    svg("path", { d: SHAPES[kind.code] ?? CIRCLE, fill: "currentColor" }),
  );
}

/** Draws symbols from ready-made pictures, one for each look. */
export class Sprites {
  /** @type {Map<string, ImageBitmap>} */
  #sprites = new Map();
  #dark;
  /** @readonly */
  ratio;

  /** @param {boolean} dark @param {number} ratio device pixels a CSS pixel */
  constructor(dark, ratio) {
    this.#dark = dark;
    this.ratio = ratio;
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Row} row
   * @param {number} x
   * @param {number} y
   * @param {number} size pixels across
   */
  draw(ctx, row, x, y, size) {
    const sprite = this.#sprite(row, size);
    const side = sprite.width / this.ratio;
    ctx.drawImage(sprite, this.#onPixel(x - side / 2), this.#onPixel(y - side / 2), side, side);
  }

  /** On a whole device pixel: a picture between pixels takes much longer to draw. @param {number} at */
  #onPixel(at) {
    return Math.round(at * this.ratio) / this.ratio;
  }

  /** @param {Row} row @param {number} size */
  #sprite(row, size) {
    const key = `${row.kind.code} ${row.status.code} ${isRough(row)} ${size}`;
    let sprite = this.#sprites.get(key);
    if (!sprite) this.#sprites.set(key, (sprite = this.#paint(row, size)));
    return sprite;
  }

  /** @param {Row} row @param {number} size */
  #paint(row, size) {
    const side = Math.ceil((size + 6) * this.ratio);
    const canvas = new OffscreenCanvas(side, side);
    const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const scale = (size * this.ratio) / 18;
    ctx.setTransform(scale, 0, 0, scale, side / 2, side / 2);
    this.#shape(ctx, row, 18 / size);
    return canvas.transferToImageBitmap();
  }

  /**
   * @param {OffscreenCanvasRenderingContext2D} ctx
   * @param {Row} row
   * @param {number} pixel one CSS pixel in the shape's units
   */
  #shape(ctx, row, pixel) {
    const look = lookOf(row.status);
    const shape = new Path2D(SHAPES[row.kind.code] ?? CIRCLE);
    const paper = this.#dark ? "#20272e" : "#ffffff";
    const outline = outlineOf(look, this.#dark);
    ctx.lineJoin = "round";
    ctx.fillStyle = isRough(row) || look.fill === "" ? paper : look.fill;
    ctx.fill(shape);
    if (isRough(row)) paintCore(ctx, shape, look.fill || paper, this.#dark ? outline : null);
    ctx.strokeStyle = outline;
    ctx.lineWidth = 1.4 * pixel;
    if (isRough(row)) ctx.setLineDash([2.6 * pixel, 2 * pixel]);
    ctx.stroke(shape);
    ctx.setLineDash([]);
    ctx.strokeStyle = look.fill === "" ? outline : glyphColour(look);
    ctx.stroke(new Path2D(GLYPHS[look.glyph]));
  }
}

/**
 * Within a dashed outline the colour keeps its distance, so that the dashes show around a dark one too.
 * @param {OffscreenCanvasRenderingContext2D} ctx
 * @param {Path2D} shape
 * @param {string} fill
 * @param {string | null} edge
 */
function paintCore(ctx, shape, fill, edge) {
  const core = new Path2D();
  core.addPath(shape, new DOMMatrix([0.66, 0, 0, 0.66, 0, 0]));
  ctx.fillStyle = fill;
  ctx.fill(core);
  if (edge === null) return;
  ctx.strokeStyle = edge;
  ctx.lineWidth = 0.9;
  ctx.stroke(core);
}
