// What do the pointer and the finger do on the map?

/** @typedef {import("../base/snapshot.js").Row} Row */
/**
 * @typedef {object} Hands
 * @property {(rows: Row[], at: L.Point) => void} choose
 * @property {() => void} dismiss
 * @property {{show: (rows: Row[], at: L.Point) => void, hide: () => void}} tooltip
 */

const REACH = window.matchMedia("(pointer: coarse)").matches ? 10 : 2; // pixels around a symbol that still count

/** @param {L.Map} map @param {import("./layer.js").ProjectLayer} layer @param {Hands} hands */
export function pointer(map, layer, hands) {
  map.on("click", (event) => {
    const rows = layer.at(event.layerPoint, REACH);
    hands.tooltip.hide();
    if (rows.length) hands.choose(rows, event.containerPoint);
    else hands.dismiss();
  });
  map.on("mousemove", (event) => {
    const rows = layer.at(event.layerPoint, 0);
    map.getContainer().classList.toggle("on-project", rows.length > 0);
    if (rows.length) hands.tooltip.show(rows, event.containerPoint);
    else hands.tooltip.hide();
  });
  map.on("mouseout movestart zoomstart", () => hands.tooltip.hide());
}
