// How are the areas, lines and points of an operator's overlay drawn? In one colour, quietly, tile by tile.

import { pathOf } from "./paths.js";
import { clipTo, fetchTile, Tiles, tilesUnder } from "./tiles.js";
import { onScreen } from "../map/shapes.js";

/** @typedef {import("../map/frame.js").Frame} Frame */
/** @typedef {import("./tiles.js").Place} Place */
/** @typedef {{areas: Path2D, edges: Path2D, lines: Path2D, points: [number, number][]}} Shapes */

const EXTENT = 4096; // units a tile
const MOST_ZOOM = 12;
const DOT = 3; // pixels

export class ShapesOverlay {
  #tiles;
  #colour;

  /** @param {string} address @param {string} colour @param {() => void} came */
  constructor(address, colour, came) {
    this.#colour = colour;
    /** @type {Tiles<Shapes>} */
    this.#tiles = new Tiles(async (place) => shapesOf(await fetchTile(address, place), place), came);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame */
  paint(ctx, frame) {
    const zoom = Math.max(0, Math.min(MOST_ZOOM, Math.floor(frame.zoom) - 1));
    this.#tiles.want(tilesUnder(frame, zoom, false));
    ctx.fillStyle = ctx.strokeStyle = this.#colour;
    for (const place of tilesUnder(frame, zoom)) {
      const shapes = this.#tiles.get(place);
      if (shapes) paintShapes(ctx, frame, place, shapes);
    }
  }
}

/** @param {any} told @param {Place} place @returns {Shapes} */
function shapesOf(told, { zoom, x, y }) {
  const [side, unit] = [2 ** -zoom, 2 ** -zoom / EXTENT];
  /** @param {string} name @param {boolean} isClosed */
  const path = (name, isClosed) => pathOf(told?.[name] ?? [], x * side, y * side, unit, isClosed);
  return {
    areas: path("areas", true),
    edges: path("edges", false),
    lines: path("lines", false),
    points: (told?.points ?? []).map((/** @type {number[]} */ at) => [x * side + at[0] * unit, y * side + at[1] * unit]),
  };
}

/** @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {Place} place @param {Shapes} shapes */
function paintShapes(ctx, frame, place, { areas, edges, lines, points }) {
  const { copy } = place;
  ctx.save();
  clipTo(ctx, frame, place);
  ctx.globalAlpha = 0.16;
  ctx.fill(onScreen(frame, areas, copy), "evenodd");
  ctx.globalAlpha = 0.8;
  ctx.lineWidth = 1;
  ctx.stroke(onScreen(frame, edges, copy));
  ctx.lineWidth = 1.4;
  ctx.stroke(onScreen(frame, lines, copy));
  for (const [x, y] of points) {
    ctx.beginPath();
    ctx.arc((x + copy) * frame.world - frame.left, y * frame.world - frame.top, DOT, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}
