// Which part of the map can the reader see between rail and panel, and how is something brought into it?

import { hasPoint, isCountryWide } from "../base/snapshot.js";

/** @typedef {import("../base/snapshot.js").Row} Row */
/** @typedef {import("./layer.js").ProjectLayer} ProjectLayer */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Insets */

const CLOSE_ZOOM = 6;
const EDGE = 40; // pixels that a symbol keeps from the edge

/**
 * What rail, tools and panel cover of the map.
 * @param {L.Map} map
 * @param {HTMLElement} rail
 * @param {HTMLElement} panel
 * @returns {Insets}
 */
export function insets(map, rail, panel) {
  const box = map.getContainer().getBoundingClientRect();
  const [railBox, panelBox] = [rail.getBoundingClientRect(), panel.getBoundingClientRect()];
  const isPhone = railBox.width > box.width * 0.8;
  const open = !panel.hidden;
  if (isPhone)
    return {
      left: 0,
      top: 56,
      right: 0,
      bottom: Math.min(box.height * 0.6, box.bottom - Math.min(railBox.top, open ? panelBox.top : box.bottom)),
    };
  return { left: railBox.right - box.left, top: 56, right: open ? box.right - panelBox.left : 0, bottom: 0 };
}

function animation() {
  return { animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches };
}

/**
 * @param {L.Map} map
 * @param {L.LatLngBounds} bounds
 * @param {Insets} clear
 * @param {number} maxZoom
 * @param {boolean} [moving] as a movement, unless the reader wants none
 */
export function fit(map, bounds, clear, maxZoom, moving = true) {
  map.fitBounds(bounds, {
    paddingTopLeft: [clear.left + EDGE, clear.top + EDGE / 2],
    paddingBottomRight: [clear.right + EDGE, clear.bottom + EDGE],
    maxZoom,
    animate: moving && animation().animate,
  });
}

/** The box around projects, hatched countries included. @param {Row[]} rows @param {ProjectLayer} layer */
export function boundsOf(rows, layer) {
  const bounds = L.latLngBounds([]);
  for (const row of rows) {
    if (hasPoint(row)) bounds.extend([row.lat, row.lon]);
    else if (isCountryWide(row)) extendByCountry(bounds, row, layer);
  }
  return bounds;
}

/** @param {L.LatLngBounds} bounds @param {Row} row @param {ProjectLayer} layer */
function extendByCountry(bounds, row, layer) {
  const box = layer.boxOf(row.country);
  if (!box) return;
  const [left, top, right, bottom] = box;
  bounds.extend(toLatLng(left, top)).extend(toLatLng(right, bottom));
}

/** @param {number} x @param {number} y world units */
function toLatLng(x, y) {
  return L.CRS.EPSG3857.pointToLatLng(L.point(x, y).multiplyBy(256), 0);
}

/**
 * Brings a project into the clear part of the map; `near` also zooms in, for a reader who did not see it before.
 * @param {L.Map} map @param {Row} row @param {ProjectLayer} layer @param {Insets} clear @param {boolean} near
 */
export function bringIntoView(map, row, layer, clear, near) {
  if (isCountryWide(row)) {
    const bounds = boundsOf([row], layer);
    if (bounds.isValid() && (near || !map.getBounds().intersects(bounds))) fit(map, bounds, clear, CLOSE_ZOOM);
  } else if (hasPoint(row)) {
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
