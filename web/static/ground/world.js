// What does the file of the world say? Every country and the great lakes.

import { arcsOf, ringOf } from "./arcs.js";
import { Columns } from "../base/columns.js";
import { has, languageOf, say } from "../base/texts.js";
import { boxOf, shapeOf } from "../map/shapes.js";
import { mercatorX, mercatorY } from "../base/dataset.js";

/** @typedef {import("../map/shapes.js").Country} Country */
/** Places in degrees, longitude first. @typedef {number[][]} Ring */
/**
 * A country is its code, its name and its polygons, each of rings.
 * @typedef {{countries: [string | null, string, Ring[][]][], lakes: Ring[]}} World
 */

/** @param {ArrayBuffer} file @returns {World} */
export function worldOf(file) {
  const columns = new Columns(file);
  const arcs = arcsOf(/** @type {Uint8Array} */ (columns.numbers("arcs")), columns.header.parts);
  const ring = (/** @type {number[]} */ numbers) => ringOf(numbers, arcs);
  const told = /** @type {[string | null, string, number[][][]][]} */ (columns.header.countries);
  return {
    countries: told.map(([iso, name, polygons]) => [iso, name, polygons.map((rings) => rings.map(ring))]),
    lakes: columns.header.lakes.map(ring),
  };
}

/** @param {World} world @returns {Country[]} */
export function countriesOf(world) {
  return world.countries.map(([iso, name, coordinates]) => {
    return { iso: iso ?? "", name: named(iso, name), shape: shapeOf({ type: "MultiPolygon", coordinates }), main: mainBox(coordinates) };
  });
}

/** In the page's language; an area without a code has the name that the file gives it. @param {string | null} iso @param {string} name */
function named(iso, name) {
  const key = `country.${iso}`;
  return iso !== null && has(key) && languageOf() !== "en" ? say(key) : name;
}

/** The box of the largest part. @param {number[][][][]} polygons */
function mainBox(polygons) {
  const boxes = polygons.map(([ring]) => boxOf([ring.map(toWorld)]));
  return boxes.reduce((best, box) => (sizeOf(box) > sizeOf(best) ? box : best));
}

/** @param {import("../map/shapes.js").Box} box */
function sizeOf([left, top, right, bottom]) {
  return (right - left) * (bottom - top);
}

/** @param {World} world */
export function lakesOf({ lakes }) {
  const path = new Path2D();
  for (const lake of lakes) {
    lake
      .map(toWorld)
      .forEach(([x, y], i) => (i === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
    path.closePath();
  }
  return path;
}

/** @param {number[]} lonlat */
function toWorld([lon, lat]) {
  return [mercatorX(lon), mercatorY(lat)];
}

/** The countries as GeoJSON. @param {World} world */
export function collectionOf(world) {
  const features = world.countries.map(([iso, name, coordinates]) => ({
    type: "Feature",
    properties: { iso, name },
    geometry: { type: "MultiPolygon", coordinates },
  }));
  return { type: "FeatureCollection", features };
}
