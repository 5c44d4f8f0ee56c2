// Which part of the map can the reader see between rail and panel, and how is something brought into it?

import { EDGE, boxOf, fitted } from "./viewport.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../base/row.js").Row} Row */
/** @typedef {import("./layer.js").ProjectLayer} ProjectLayer */
/** @typedef {import("./viewport.js").Box} Box */
/** @typedef {import("./viewport.js").Insets} Insets */
/** @typedef {import("./viewport.js").Viewport} Viewport */

const CLOSE_ZOOM = 6;
const CLUSTER_ZOOM = 9; // to which a click on a cluster goes at most

function animation() {
  return { animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches };
}

/** @param {L.Map} map @param {Viewport} viewport @param {boolean} moving as a movement, unless the reader wants none */
export function place(map, { x, y, zoom }, moving) {
  map.setView(toLatLng(x, y), zoom, { animate: moving && animation().animate });
}

/** Shows all of a box, no nearer than a zoom. @param {L.Map} map @param {Box} box @param {Insets} clear @param {number} maxZoom */
export function fit(map, box, clear, maxZoom) {
  place(map, fitted(box, map.getSize(), clear, { least: map.getMinZoom(), most: maxZoom }), true);
}

/** @param {Box} box */
export function boundsOf([left, top, right, bottom]) {
  return L.latLngBounds(toLatLng(left, top), toLatLng(right, bottom));
}

/** Shows all of a cluster, at least one zoom nearer. @param {L.Map} map @param {L.LatLngBounds} bounds @param {Insets} clear */
export function zoomInto(map, bounds, clear) {
  const padding = L.point(clear.left + clear.right + 2 * EDGE, clear.top + clear.bottom + 2 * EDGE);
  const zoom = Math.min(map.getBoundsZoom(bounds, false, padding), Math.max(CLUSTER_ZOOM, map.getZoom() + 2));
  centre(map, bounds.getCenter(), Math.min(map.getMaxZoom(), Math.max(zoom, map.getZoom() + 1)), clear);
}

/** @param {number} x @param {number} y world units */
export function toLatLng(x, y) {
  return L.CRS.EPSG3857.pointToLatLng(L.point(x, y).multiplyBy(256), 0);
}

/**
 * Brings a project into the clear part of the map; `near` also zooms in, for a reader who did not see it before.
 * @param {L.Map} map @param {Dataset} dataset @param {Row} row @param {ProjectLayer} layer @param {Insets} clear @param {boolean} near
 */
export function bringIntoView(map, dataset, row, layer, clear, near) {
  if (row.isCountryWide) {
    const box = boxOf(dataset, [row.index], (iso) => layer.boxOf(iso));
    if (box && (near || !map.getBounds().intersects(boundsOf(box)))) fit(map, box, clear, CLOSE_ZOOM);
  } else if (row.hasPoint) {
    const zoom = near ? Math.max(map.getZoom(), CLOSE_ZOOM) : map.getZoom();
    if (near || !isClear(map, row.lat, row.lon, clear)) centre(map, L.latLng(row.lat, row.lon), zoom, clear);
  }
}

/** @param {L.Map} map @param {number} lat @param {number} lon @param {Insets} clear */
function isClear(map, lat, lon, clear) {
  const size = map.getSize();
  const { x, y } = map.latLngToContainerPoint([lat, lon]);
  return (
    x > clear.left + EDGE && y > clear.top + EDGE && x < size.x - clear.right - EDGE && y < size.y - clear.bottom - EDGE
  );
}

/** @param {L.Map} map @param {L.LatLng} at @param {number} zoom @param {Insets} clear */
function centre(map, at, zoom, clear) {
  const shift = L.point((clear.right - clear.left) / 2, (clear.bottom - clear.top) / 2);
  map.setView(map.unproject(map.project(at, zoom).add(shift), zoom), zoom, animation());
}
