// Which part of the map can the reader see between rail and panel, and how is something brought into it?

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../base/row.js").Row} Row */
/** @typedef {import("./layer.js").ProjectLayer} ProjectLayer */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Insets */

const CLOSE_ZOOM = 6;
const CLUSTER_ZOOM = 9; // to which a click on a cluster goes at most
const EDGE = 40; // pixels that a symbol keeps from the edge

/**
 * What rail, tools, panel and slider cover of the map.
 * @param {L.Map} map
 * @param {HTMLElement} rail
 * @param {HTMLElement} panel
 * @param {HTMLElement} time
 * @returns {Insets}
 */
export function insets(map, rail, panel, time) {
  const box = map.getContainer().getBoundingClientRect();
  const [railBox, panelBox] = [rail.getBoundingClientRect(), panel.getBoundingClientRect()];
  const isWide = railBox.width > box.width * 0.8;
  const open = !panel.hidden;
  if (isWide && railBox.top <= box.top) return besideHead(box, railBox, open ? panelBox : null);
  if (isWide)
    return {
      left: 0,
      top: 56,
      right: 0,
      bottom: Math.min(box.height * 0.6, box.bottom - Math.min(railBox.top, open ? panelBox.top : box.bottom)),
    };
  return { left: railBox.right - box.left, top: 56, right: open ? box.right - panelBox.left : 0, bottom: time.offsetHeight };
}

/**
 * In a frame of another page the rail is a line on top, and the panel stands beneath it at the right.
 * @param {DOMRect} box @param {DOMRect} head @param {DOMRect | null} panel @returns {Insets}
 */
function besideHead(box, head, panel) {
  const right = panel && panel.width < box.width / 2 ? box.right - panel.left : 0;
  return { left: 0, top: head.bottom - box.top, right, bottom: 0 };
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

/**
 * The box around rows, countries included where no more of them is known.
 * @param {Dataset} dataset @param {ArrayLike<number>} rows @param {ProjectLayer} layer
 */
export function boundsOf(dataset, rows, layer) {
  const { x, y } = dataset;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  /** @type {Set<number>} */
  const countries = new Set();
  for (let k = 0; k < rows.length; k += 1) {
    const i = rows[k];
    if (Number.isNaN(x[i])) {
      if (dataset.isCountryWide(i)) countries.add(dataset.country[i]);
      continue;
    }
    left = Math.min(left, x[i]);
    right = Math.max(right, x[i]);
    top = Math.min(top, y[i]);
    bottom = Math.max(bottom, y[i]);
  }
  for (const country of countries) {
    const box = layer.boxOf(dataset.codes.country[country]);
    if (!box) continue;
    [left, top] = [Math.min(left, box[0]), Math.min(top, box[1])];
    [right, bottom] = [Math.max(right, box[2]), Math.max(bottom, box[3])];
  }
  return left > right ? L.latLngBounds([]) : L.latLngBounds(toLatLng(left, top), toLatLng(right, bottom));
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
    const bounds = boundsOf(dataset, [row.index], layer);
    if (bounds.isValid() && (near || !map.getBounds().intersects(bounds))) fit(map, bounds, clear, CLOSE_ZOOM);
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
