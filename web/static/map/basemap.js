// What lies under the projects? Land, borders and names of countries, from our own file.

import { CanvasLayer } from "./canvaslayer.js";
import { copies, inView, onScreen, screenBox, shapeOf } from "./shapes.js";
import { theme } from "../base/theme.js";

/** @typedef {import("./canvaslayer.js").Frame} Frame */
/** @typedef {import("./shapes.js").Shape} Shape */
/** @typedef {{iso: string, name: string, shape: Shape}} Country */

const NAMES_FROM_ZOOM = 3;

/** @param {any} collection GeoJSON FeatureCollection with `iso` and `name` @returns {Country[]} */
export function countriesOf(collection) {
  return collection.features.map((/** @type {any} */ feature) => ({
    iso: feature.properties.iso ?? "",
    name: feature.properties.name ?? "",
    shape: shapeOf(feature.geometry),
  }));
}

/** @param {L.Map} map @param {Country[]} countries */
export function basemap(map, countries) {
  const pane = map.getPane("countries") ?? map.createPane("countries");
  pane.style.zIndex = "150";
  return new CanvasLayer("countries", (ctx, frame) => paint(ctx, frame, countries));
}

/** @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {Country[]} countries */
function paint(ctx, frame, countries) {
  const colours = theme();
  ctx.strokeStyle = colours.border;
  ctx.lineWidth = frame.zoom < 4 ? 0.6 : 1;
  ctx.lineJoin = "round";
  for (const copy of copies(frame)) {
    ctx.fillStyle = colours.land; // again for every copy: names are painted in a colour of their own
    const seen = countries.filter((country) => inView(frame, country.shape, copy));
    for (const { shape } of seen) ctx.fill(onScreen(frame, shape.area, copy));
    for (const { shape } of seen) ctx.stroke(onScreen(frame, shape.outline, copy));
    if (frame.zoom >= NAMES_FROM_ZOOM) for (const country of seen) paintName(ctx, frame, country, copy, colours);
  }
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Frame} frame
 * @param {Country} country
 * @param {number} copy
 * @param {import("../base/theme.js").Theme} colours
 */
function paintName(ctx, frame, country, copy, colours) {
  const [left, top, right, bottom] = screenBox(frame, country.shape, copy);
  ctx.font = `11px ${colours.font}`;
  const width = ctx.measureText(country.name).width;
  if (width > (right - left) * 0.9 || bottom - top < 20) return;
  ctx.fillStyle = colours.name;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const [x, y] = country.shape.label;
  ctx.fillText(country.name, (x + copy) * frame.world - frame.left, y * frame.world - frame.top);
}
