// Which names could stand on this part of the map, and which of them first?

import { NEAR_ZOOM } from "./borders.js";
import { IS_PUBLISHED } from "../base/root.js";
import { fetchTile, Tiles, tilesUnder } from "./tiles.js";
import { copies, inView, screenBox } from "../map/shapes.js";

/** @typedef {import("../map/frame.js").Frame} Frame */
/** @typedef {import("../map/shapes.js").Country} Country */
/** @typedef {import("./borders.js").Borders} Borders */
/** @typedef {import("./tiles.js").Place} Place */
/**
 * A name at a point of the canvas. `room` is how wide it may be there, `reach` how far off it may stand, in pixels; `rank`
 * counts from 0, the most important.
 * @typedef {object} Name
 * @property {"country" | "province" | "lake" | "town"} kind
 * @property {string} text @property {number} x @property {number} y @property {number} room @property {number} reach
 * @property {number} rank
 */
/**
 * Name, place in world units, and how many people it counts for: a capital for more.
 * @typedef {[string, number, number, number]} Town
 */

const MOST_TOWN_ZOOM = IS_PUBLISHED ? 4 : 8; // where there are files only, the last ones hold all towns
const TOWNS_FROM_ZOOM = 3.5;
const COUNTRIES_UNTIL_ZOOM = 8;
const LAKES_FROM_ZOOM = 5.5;
/** From this zoom on, towns of so many people; how close they may stand is decided by their labels. @type {[number, number][]} */
const LEAST_PEOPLE = [[3.5, 2_000_000], [4.5, 500_000], [5.5, 120_000], [6.5, 30_000], [7.5, 10_000], [8.5, 0]]; // prettier-ignore
/** A town is of this rank from so many people on. */
const RANKS = [1_000_000, 300_000, 100_000, 30_000, 0];

export class Places {
  /** @type {Tiles<Town[]>} */
  #towns;

  /** @param {string | null} address of the towns, to which z/x/y is added @param {() => void} came */
  constructor(address, came) {
    this.#towns = new Tiles((place) => fetchTile(address, place), came);
  }

  /** The most important first. @param {Frame} frame @param {Country[]} countries @param {Borders} borders @returns {Name[]} */
  names(frame, countries, borders) {
    const [far, near] = [countryNames(frame, countries), landNames(frame, borders)];
    const towns = frame.zoom < TOWNS_FROM_ZOOM ? [] : this.#townNames(frame);
    const [great, small] = [towns.filter(({ rank }) => rank < 3), towns.filter(({ rank }) => rank >= 3)];
    return [...far, ...great, ...near, ...small].filter(({ x, y }) => x > 0 && y > 0 && x < frame.width && y < frame.height);
  }

  /** @param {Frame} frame @returns {Name[]} */
  #townNames(frame) {
    const zoom = Math.max(1, Math.min(MOST_TOWN_ZOOM, Math.floor(frame.zoom) - 2));
    const least = leastPeople(frame.zoom);
    this.#towns.want(tilesUnder(frame, zoom, false));
    return tilesUnder(frame, zoom)
      .flatMap((place) => this.#townsOn(place).map((town) => ({ town, copy: place.copy })))
      .filter(({ town }) => town[3] >= least)
      .sort((a, b) => b.town[3] - a.town[3])
      .map(({ town: [text, x, y, weight], copy }) => {
        const at = onCanvas(frame, x + copy, y);
        const rank = rankOf(weight);
        return { kind: "town", text, ...at, room: Infinity, reach: rank > 2 ? 0 : frame.zoom < 8 ? 20 : 64, rank };
      });
  }

  /** Until a tile has come, the towns that a larger tile names there. @param {Place} place @returns {Town[]} */
  #townsOn(place) {
    for (let up = 0; up <= place.zoom; up += 1) {
      const [x, y] = [place.x >> up, place.y >> up];
      const towns = this.#towns.get({ zoom: place.zoom - up, x, y, copy: 0 });
      if (towns) return up === 0 ? towns : towns.filter((town) => isOn(place, town));
    }
    return [];
  }
}

/** @param {Place} place @param {Town} town */
function isOn({ zoom, x, y }, town) {
  return Math.floor(town[1] * 2 ** zoom) === x && Math.floor(town[2] * 2 ** zoom) === y;
}

/** @param {number} weight */
export function rankOf(weight) {
  return RANKS.findIndex((least) => weight >= least);
}

/** @param {number} zoom */
export function leastPeople(zoom) {
  return LEAST_PEOPLE.filter(([from]) => zoom >= from).at(-1)?.[1] ?? Infinity;
}

/** @param {Frame} frame @param {number} x @param {number} y in world units */
function onCanvas(frame, x, y) {
  return { x: x * frame.world - frame.left, y: y * frame.world - frame.top };
}

/** The largest first. @param {Frame} frame @param {Country[]} countries @returns {Name[]} */
function countryNames(frame, countries) {
  if (frame.zoom >= COUNTRIES_UNTIL_ZOOM) return [];
  const seen = copies(frame).flatMap((copy) =>
    countries.filter(({ shape }) => inView(frame, shape, copy)).map((country) => ({ country, copy })),
  );
  return seen
    .map(({ country: { name, shape, main }, copy }) => {
      const [left, , right] = screenBox(frame, { ...shape, box: main }, copy);
      const [x, y] = shape.label;
      const room = (right - left) * 0.8;
      return /** @type {Name} */ ({ kind: "country", text: name, ...onCanvas(frame, x + copy, y), room, reach: 0, rank: 0 });
    })
    .sort((a, b) => b.room - a.room);
}

/** Provinces and lakes, the widest first. @param {Frame} frame @param {Borders} borders @returns {Name[]} */
function landNames(frame, borders) {
  if (frame.zoom < LAKES_FROM_ZOOM || frame.zoom < NEAR_ZOOM) return [];
  return borders
    .near(frame)
    .flatMap(({ place, land }) =>
      (land?.names ?? []).map(([kind, text, x, y, width]) => ({
        kind,
        text,
        ...onCanvas(frame, x + place.copy, y),
        room: width * frame.world * (kind === "lake" ? 1.5 : 0.9), // a lake may be smaller than its name
        reach: 0,
        rank: 0,
      })),
    )
    .sort((a, b) => b.room - a.room);
}
