// How does the page begin? Folium's script calls `start` with the map it made; the first picture comes before the rest.

import { App } from "./app.js";
import { Columns } from "./base/columns.js";
import { Dataset } from "./base/dataset.js";
import { byId, el, fill } from "./base/dom.js";
import { sheet } from "./base/sheet.js";
import { served } from "./base/source.js";
import { readTexts, say } from "./base/texts.js";
import { wordsOf } from "./base/vocabularies.js";

/** @typedef {import("./base/source.js").Source} Source */

const WIDE = 700; // pixels: from here on the world fits at zoom 2

/** @param {L.Map} map @param {L.LayerGroup} group @param {import("./base/source.js").Addresses} addresses */
export function start(map, group, addresses) {
  return begin(map, group, served(addresses));
}

/** @param {L.Map} map @param {L.LayerGroup} group @param {Source} source */
export async function begin(map, group, source) {
  const drawn = source.columns("drawn"); // the first thing that is asked for
  const told = source.columns("told");
  told.catch(() => {}); // told again where it is awaited
  readTexts();
  map.attributionControl.setPrefix(false);
  nameMap(map);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) keepStill(map);
  sheet(byId("rail"), byId("rail-grip"));
  await load(map, group, source, drawn, told);
}

/**
 * @param {L.Map} map @param {L.LayerGroup} group @param {Source} source
 * @param {Promise<ArrayBuffer>} drawn @param {Promise<ArrayBuffer>} told
 */
async function load(map, group, source, drawn, told) {
  /** @type {App} */
  let app;
  try {
    const columns = new Columns(await drawn);
    app = new App(map, group, new Dataset(columns, wordsOf(columns.header)), source);
    app.start();
  } catch (error) {
    console.error(error);
    byId("sentence").textContent = say("app.nothing_loaded");
    complain(() => load(map, group, source, source.columns("drawn"), source.columns("told")));
    return;
  }
  performance.mark("first-picture");
  await painted();
  app.ground();
  await tell(app, source, told);
}

/** @param {App} app @param {Source} source @param {Promise<ArrayBuffer>} told */
async function tell(app, source, told) {
  try {
    const columns = new Columns(await told);
    if (columns.header.version !== app.version) return location.reload(); // a record came between the two parts
    app.tell(columns);
    performance.mark("told");
  } catch (error) {
    console.error(error);
    complain(() => tell(app, source, source.columns("told")));
  }
}

/** Resolves once what was drawn is on the screen. @returns {Promise<void>} */
function painted() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** @param {L.Map} map */
function nameMap(map) {
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", say("app.map"));
  if (map.getSize().x > WIDE) map.setMinZoom(2);
}

/** Leaflet asks nobody whether its movements are wanted. @param {L.Map} map */
function keepStill(map) {
  Object.assign(map.options, { inertia: false, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false });
  Object.assign(map, { _zoomAnimated: false, _fadeAnimated: false });
}

/** @param {() => void} retry */
function complain(retry) {
  const box = byId("problem");
  const again = () => {
    box.hidden = true;
    retry();
  };
  fill(box, el("p", {}, say("app.cannot_load")), el("button", { type: "button", onclick: again }, say("app.try_again")));
  box.hidden = false;
}
