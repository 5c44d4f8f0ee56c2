// How is an operator's own PMTiles file drawn? By protomaps-leaflet, which is loaded only where there is such a file.

import * as protomaps from "protomaps-leaflet";

/** @typedef {import("./layers.js").Told} Told */

/** @param {Told} told @param {string} pane @param {string | null} colour @param {boolean} dark @param {{credit: string, language: string}} words @returns {L.Layer} */
export function layerOf(told, pane, colour, dark, { credit, language }) {
  const common = { url: new URL(told.source.url, location.href).href, pane, attribution: credit };
  const look = colour === null ? { flavor: dark ? "dark" : "light", lang: language } : { paintRules: rulesOf(told, colour) };
  return /** @type {L.Layer} */ (/** @type {unknown} */ (protomaps.leafletLayer({ ...common, ...look })));
}

/**
 * Areas are filled lightly, lines drawn, points dotted, whatever the layers of the file are called.
 * @param {Told} told @param {string} colour
 */
function rulesOf({ source: { layers = [] } }, colour) {
  return layers.flatMap((dataLayer) => [
    { dataLayer, symbolizer: new protomaps.PolygonSymbolizer({ fill: colour, opacity: 0.18 }), filter: isOf(3) },
    { dataLayer, symbolizer: new protomaps.LineSymbolizer({ color: colour, width: 1.4 }), filter: isOf(2) },
    { dataLayer, symbolizer: new protomaps.LineSymbolizer({ color: colour, width: 1 }), filter: isOf(3) },
    { dataLayer, symbolizer: new protomaps.CircleSymbolizer({ fill: colour, radius: 3 }), filter: isOf(1) },
  ]);
}

/** @param {number} type of geometry: 1 points, 2 lines, 3 areas @returns {(zoom: number, feature: any) => boolean} */
function isOf(type) {
  return (_zoom, feature) => feature.geomType === type;
}
