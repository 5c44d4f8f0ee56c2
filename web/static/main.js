// How does the page begin? Folium's script calls `start` with the map it made.

import { App } from "./app.js";
import { basemap, countriesOf } from "./map/basemap.js";
import { byId, el, fill } from "./base/dom.js";
import { sheet } from "./base/sheet.js";
import { decode } from "./base/snapshot.js";
import { onThemeChange } from "./base/theme.js";

/**
 * @typedef {object} Options
 * @property {string} snapshot
 * @property {string} boundaries
 * @property {string} pages
 */

const WIDE = 700; // pixels: from here on the world fits at zoom 2

/** @param {L.Map} map @param {L.LayerGroup} group @param {Options} options */
export async function start(map, group, options) {
  map.attributionControl.setPrefix(false).addAttribution("Borders: Natural Earth");
  nameMap(map);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) keepStill(map);
  sheet(byId("rail"), byId("rail-grip"));
  const countries = fetchJson(options.boundaries).then(countriesOf);
  countries
    .then((known) => addBasemap(map, group, known))
    .catch(() => complain("The outlines of the countries cannot be loaded."));
  await load(
    map,
    group,
    options,
    countries.catch(() => []),
  );
}

/**
 * @param {L.Map} map
 * @param {L.LayerGroup} group
 * @param {Options} options
 * @param {Promise<import("./map/basemap.js").Country[]>} countries
 */
async function load(map, group, options, countries) {
  try {
    const app = new App(map, group, decode(await fetchJson(options.snapshot)), options);
    app.start();
    countries.then((known) => app.outline(known));
  } catch (error) {
    console.error(error);
    byId("sentence").textContent = "No projects are loaded.";
    complain("The projects cannot be loaded: the server cannot be reached or has failed.", () =>
      load(map, group, options, countries),
    );
  }
}

/** @param {L.Map} map */
function nameMap(map) {
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", "Map of the projects; the list holds the same for the keyboard");
  if (map.getSize().x > WIDE) map.setMinZoom(2);
}

/** Leaflet asks nobody whether its movements are wanted. @param {L.Map} map */
function keepStill(map) {
  Object.assign(map.options, { inertia: false, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false });
  Object.assign(map, { _zoomAnimated: false, _fadeAnimated: false });
}

/** @param {string} address */
async function fetchJson(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

/** @param {L.Map} map @param {L.LayerGroup} group @param {import("./map/basemap.js").Country[]} countries */
function addBasemap(map, group, countries) {
  const layer = basemap(map, countries);
  group.addLayer(layer);
  onThemeChange(() => layer.redraw());
}

/** @param {string} text @param {() => void} [retry] */
function complain(text, retry) {
  const box = byId("problem");
  const again = () => {
    box.hidden = true;
    retry?.();
  };
  fill(box, el("p", {}, text), retry ? el("button", { type: "button", onclick: again }, "Try again") : null);
  box.hidden = false;
}
