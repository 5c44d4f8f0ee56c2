// What do the pointer and the finger do on the map?

import { zoomInto } from "./view.js";

/** @typedef {import("./layer.js").Found} Found */
/**
 * `insets` says what lies over the map.
 * @typedef {object} Hands
 * @property {(rows: readonly number[], at: L.Point) => void} choose
 * @property {() => void} dismiss
 * @property {() => import("./view.js").Insets} insets
 * @property {{show: (found: Found, at: L.Point) => void, hide: () => void}} tooltip
 */

const REACH = window.matchMedia("(pointer: coarse)").matches ? 10 : 2; // pixels around a symbol that still count

/** @param {L.Map} map @param {import("./layer.js").ProjectLayer} layer @param {Hands} hands */
export function pointer(map, layer, hands) {
  map.on("click", (event) => {
    const found = layer.at(event.layerPoint, REACH);
    hands.tooltip.hide();
    if (!found) hands.dismiss();
    else if (found.kind === "cluster" && canOpen(map, found.bounds)) zoomInto(map, found.bounds, hands.insets());
    else hands.choose(found.rows, event.containerPoint);
  });
  map.on("mousemove", (event) => {
    const found = layer.at(event.layerPoint, 0);
    map.getContainer().classList.toggle("on-project", found !== null);
    layer.hover(found);
    if (found) hands.tooltip.show(found, event.containerPoint);
    else hands.tooltip.hide();
  });
  map.on("mouseout movestart zoomstart", () => {
    hands.tooltip.hide();
    layer.hover(null);
  });
}

/** Would a nearer view take a cluster apart? @param {L.Map} map @param {L.LatLngBounds} bounds */
function canOpen(map, bounds) {
  return map.getZoom() < map.getMaxZoom() && !bounds.getNorthEast().equals(bounds.getSouthWest(), 0);
}
