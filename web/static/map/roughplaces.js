// What is drawn of places that are no points: dotted countries, footprints, and rings of what is roughly known?

import { paintDotted, paintFootprint, paintRings, ringReach } from "./areas.js";
import { pixelRatio } from "./frame.js";
import { shapeOf } from "./shapes.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./chips.js").CountryWide} CountryWide */
/** @typedef {import("./crowds.js").Brush} Brush */
/** @typedef {import("./layer.js").Found} Found */
/** @typedef {import("./marks.js").Marks} Marks */
/** @typedef {import("./painter.js").Scene} Scene */
/** @typedef {import("./palette.js").Palette} Palette */
/** @typedef {import("./shapes.js").Shape} Shape */

const RINGS_FROM = 6; // zoom from which on rough places show how rough they are
const MOST_RINGS = 80; // more say nothing, and take long

export class RoughPlaces {
  /** The countries that were dotted last. @type {CountryWide[]} */
  dotted = [];
  /** How many rings were drawn last. */
  rings = 0;
  /** Footprints by row. @type {Map<number, Shape> | null} */
  #footprints = null;
  /** Those of the selection. @type {[number, Shape][]} */
  #shown = [];
  #dataset;
  #site;
  #probe = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

  /** @param {Dataset} dataset */
  constructor(dataset) {
    this.#dataset = dataset;
    this.#site = dataset.codes.location_accuracy.indexOf("site");
  }

  /** @param {number} row */
  isRough(row) {
    return this.#dataset.accuracy[row] !== this.#site;
  }

  /** @param {Brush} brush @param {Scene} scene @param {Marks} marks the symbols in view */
  paint(brush, scene, marks) {
    this.dotted = scene.countries.filter(({ isDotted, isHovered }) => isDotted || isHovered);
    for (const country of this.dotted) paintDotted(brush, country.shape, inkOf(country, brush.palette), pixelRatio());
    this.#shown = this.#footprintsOf(scene);
    for (const [row, shape] of this.#shown) paintFootprint(brush, shape, this.#ink(row, brush.palette), this.isRough(row));
    this.#paintRings(brush, this.#ringed(brush.frame, scene, marks), scene);
  }

  /** Is something drawn only because the pointer is there? @param {Found | null} found */
  isShownByHover(found) {
    if (found?.kind === "country") return true;
    return found?.kind === "rows" && found.rows.some((row) => this.#hasRing(row));
  }

  /** Rows whose footprints are at a place in world units. @param {number} x @param {number} y */
  footprintsAt(x, y) {
    return this.#shown.filter(([, { area }]) => this.#probe.isPointInPath(area, x, y)).map(([row]) => row);
  }

  /** The country that is dotted, not only for the pointer, at a place in world units. @param {number} x @param {number} y */
  dottedAt(x, y) {
    return this.dotted.find(({ isDotted, shape }) => isDotted && this.#probe.isPointInPath(shape.area, x, y)) ?? null;
  }

  /** @param {number} row @param {Palette} palette */
  #ink(row, palette) {
    const { groupOfStatus, now } = this.#dataset;
    return palette.line[groupOfStatus[now.status[row]]];
  }

  /** @param {Scene} scene @returns {[number, Shape][]} */
  #footprintsOf({ arrangement }) {
    if (!this.#dataset.isTold || this.#dataset.told.areas.size === 0) return [];
    this.#footprints ??= new Map([...this.#dataset.told.areas].map(([row, area]) => [row, shapeOf(area)]));
    return [...this.#footprints].filter(([row]) => arrangement.has(row));
  }

  /** Rows whose rings are shown, each ring once. @param {import("./frame.js").Frame} frame @param {Scene} scene @param {Marks} marks */
  #ringed(frame, { open, hovered, outlines }, marks) {
    const rows = [];
    if (open !== null) rows.push(open);
    if (hovered?.kind === "rows") rows.push(...hovered.rows);
    if (frame.zoom >= RINGS_FROM && outlines.size > 0) rows.push(...marks.row.subarray(0, marks.count));
    const drawn = new Set();
    const { x, y } = this.#dataset;
    const isNew = (/** @type {number} */ row) => {
      if (!this.#hasRing(row) || ringReach(frame, this.#ring(row)) === 0) return false;
      const key = `${x[row]} ${y[row]} ${this.#dataset.told.radius[row]}`;
      return !drawn.has(key) && drawn.add(key);
    };
    return rows.filter(isNew).slice(0, MOST_RINGS);
  }

  /** @param {number} row */
  #hasRing(row) {
    const { isTold } = this.#dataset;
    return isTold && this.isRough(row) && this.#dataset.told.radius[row] > 0 && this.#dataset.hasPoint(row);
  }

  /** @param {number} row */
  #ring(row) {
    const { x, y, lat, told } = this.#dataset;
    return { x: x[row], y: y[row], lat: lat[row], radius: told.radius[row] };
  }

  /** @param {Brush} brush @param {number[]} rows @param {Scene} scene */
  #paintRings(brush, rows, { outlines }) {
    const { codes, country, groupOfStatus, now } = this.#dataset;
    const { fill, line } = brush.palette;
    /** @type {Map<number, number[]>} by country and group */
    const alike = new Map();
    for (const row of rows) {
      const key = country[row] * fill.length + groupOfStatus[now.status[row]];
      alike.set(key, [...(alike.get(key) ?? []), row]);
    }
    for (const [key, these] of alike) {
      const group = key % fill.length;
      const shape = outlines.get(codes.country[Math.floor(key / fill.length)])?.shape ?? null;
      paintRings(brush, these.map((row) => this.#ring(row)), shape, fill[group], line[group]);
    }
    this.rings = rows.length;
  }
}

/** One colour where all have one, else that of text. @param {CountryWide} country @param {Palette} palette */
function inkOf({ shares }, { line, ink }) {
  const groups = shares.flatMap((share, group) => (share ? [group] : []));
  return groups.length === 1 ? line[groups[0]] : ink;
}
