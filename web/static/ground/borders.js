// Where is land, and where do countries and provinces end? Coarse from afar; fine, tile by tile, from near.

import { coloursOfGround } from "./colours.js";
import { pathOf } from "./paths.js";
import { clipTo, fetchTile, squareOf, Tiles, tilesUnder } from "./tiles.js";
import { copies, inView, onScreen } from "../map/shapes.js";

/** @typedef {import("../map/frame.js").Frame} Frame */
/** @typedef {import("../map/shapes.js").Country} Country */
/** @typedef {import("./colours.js").Colours} Colours */
/** @typedef {import("./tiles.js").Place} Place */
/** Kind, name, place and width in world units. @typedef {["province" | "lake", string, number, number, number]} Name */
/**
 * @typedef {object} Land
 * @property {Path2D} land @property {Path2D} coast @property {Path2D} borders @property {Path2D} disputed
 * @property {Path2D} provinces @property {Path2D} lakes @property {Name[]} names
 */

export const NEAR_ZOOM = 5.5;
const TILE_ZOOM = 5;
const EXTENT = 8192; // units a tile

export class Borders {
  /** @type {Country[]} */
  #countries = [];
  /** @type {Path2D | null} */
  #greatLakes = null;
  #hasTiles;
  #tiles;

  /** @param {string | null} address of the fine tiles, to which z/x/y is added @param {() => void} came */
  constructor(address, came) {
    this.#tiles = new Tiles(async (place) => landOf(await fetchTile(address, place), place), came);
    this.#hasTiles = address !== null;
  }

  /** @param {Country[]} countries @param {Path2D} lakes */
  know(countries, lakes) {
    this.#countries = countries;
    this.#greatLakes = lakes;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame */
  paint(ctx, frame) {
    const colours = coloursOfGround();
    ctx.lineJoin = "round";
    const near = this.near(frame);
    if (near.some(({ land }) => !land) || near.length === 0) this.#paintFar(ctx, frame, colours);
    for (const { place, land } of near) if (land) paintNear(ctx, frame, place, land, colours);
  }

  /** The fine tiles under the frame, with what has come of them; none from afar. @param {Frame} frame */
  near(frame) {
    if (frame.zoom < NEAR_ZOOM || !this.#hasTiles) return [];
    this.#tiles.want(tilesUnder(frame, TILE_ZOOM, false));
    return tilesUnder(frame, TILE_ZOOM).map((place) => ({ place, land: this.#tiles.get(place) }));
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {Colours} colours */
  #paintFar(ctx, frame, colours) {
    ctx.strokeStyle = colours.border;
    ctx.lineWidth = frame.zoom < 4 ? 0.6 : 1;
    for (const copy of copies(frame)) {
      const seen = this.#countries.filter((country) => inView(frame, country.shape, copy));
      ctx.fillStyle = colours.land;
      for (const { shape } of seen) ctx.fill(onScreen(frame, shape.area, copy));
      for (const { shape } of seen) ctx.stroke(onScreen(frame, shape.outline, copy));
      ctx.fillStyle = colours.water;
      if (this.#greatLakes && frame.zoom >= 3) ctx.fill(onScreen(frame, this.#greatLakes, copy), "evenodd");
    }
  }
}

/** A tile of nothing but sea is empty. @param {any} told @param {Place} place @returns {Land} */
function landOf(told, place) {
  const side = 2 ** -place.zoom;
  /** @param {string} name @param {boolean} isClosed */
  const path = (name, isClosed) => pathOf(told?.[name] ?? [], place.x * side, place.y * side, side / EXTENT, isClosed);
  return {
    land: path("land", true),
    coast: path("coast", false),
    borders: path("borders", false),
    disputed: path("disputed", false),
    provinces: path("provinces", false),
    lakes: path("lakes", true),
    names: told?.names ?? [],
  };
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {Place} place @param {Land} land
 * @param {Colours} colours
 */
function paintNear(ctx, frame, place, land, colours) {
  ctx.save();
  ctx.clearRect(...squareOf(frame, place)); // what is coarser goes
  clipTo(ctx, frame, place);
  /** @param {Path2D} path */
  const at = (path) => onScreen(frame, path, place.copy);
  ctx.fillStyle = colours.land;
  ctx.fill(at(land.land), "evenodd");
  line(ctx, at(land.provinces), colours.province, frame.zoom < 7 ? 0.6 : 0.9, []);
  ctx.fillStyle = colours.water;
  ctx.fill(at(land.lakes), "evenodd");
  line(ctx, at(land.lakes), colours.coast, 0.7, []);
  line(ctx, at(land.coast), colours.coast, 1, []);
  line(ctx, at(land.borders), colours.border, 1.3, []);
  line(ctx, at(land.disputed), colours.border, 1.3, [4, 3]);
  ctx.restore();
}

/** @param {CanvasRenderingContext2D} ctx @param {Path2D} path @param {string} colour @param {number} width @param {number[]} dash */
function line(ctx, path, colour, width, dash) {
  ctx.setLineDash(dash);
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.stroke(path);
}
