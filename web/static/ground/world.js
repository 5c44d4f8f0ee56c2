// What does the file of the world say? Every country and the great lakes, in hundredths of a degree.

import { degreesOf } from "./paths.js";
import { has, languageOf, say } from "../base/texts.js";
import { boxOf, shapeOf } from "../map/shapes.js";
import { mercatorX, mercatorY } from "../base/dataset.js";

/** @typedef {import("../map/shapes.js").Country} Country */
/** @typedef {import("./paths.js").Steps} Steps */
/**
 * A country is its code, its name and its polygons, each of rings.
 * @typedef {{countries: [string | null, string, Steps[][]][], lakes: Steps[]}} World
 */

/** @param {World} world @returns {Country[]} */
export function countriesOf(world) {
  return world.countries.map(([iso, name, polygons]) => {
    const coordinates = polygons.map((rings) => rings.map(degreesOf));
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
    degreesOf(lake)
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
  const features = world.countries.map(([iso, name, polygons]) => ({
    type: "Feature",
    properties: { iso, name },
    geometry: { type: "MultiPolygon", coordinates: polygons.map((rings) => rings.map(degreesOf)) },
  }));
  return { type: "FeatureCollection", features };
}
