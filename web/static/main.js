// How does the page begin? Folium's script calls `start` with the map it made; the first picture comes before the rest.

import { App } from "./app.js";
import { Columns } from "./base/columns.js";
import { byId, el, fill } from "./base/dom.js";
import { IS_PUBLISHED } from "./base/root.js";
import { sheet } from "./base/sheet.js";
import { shown } from "./base/shown.js";
import { served } from "./base/source.js";
import { readTexts, say } from "./base/texts.js";
import { FirstPicture } from "./firstpicture.js";
import { STEP, zoomsOf } from "./map/viewport.js";

/** @typedef {import("./base/source.js").Source} Source */

/**
 * On a server, the first picture is being drawn already.
 * @param {L.Map} map @param {L.LayerGroup} group @param {import("./base/source.js").Addresses} addresses
 * @param {Promise<FirstPicture>} first
 */
export function start(map, group, addresses, first) {
  return begin(map, group, served(addresses), first);
}

/** @param {L.Map} map @param {L.LayerGroup} group @param {Source} source @param {Promise<FirstPicture>} [first] */
export async function begin(map, group, source, first) {
  const told = source.columns("told");
  told.catch(() => {}); // told again where it is awaited
  readTexts();
  map.attributionControl.setPrefix(false);
  nameMap(map);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) keepStill(map);
  sheet(byId("rail"), byId("rail-grip"));
  await load(map, group, source, first ?? draw(map, source), told);
}

/**
 * @param {L.Map} map @param {L.LayerGroup} group @param {Source} source
 * @param {Promise<FirstPicture>} first @param {Promise<ArrayBuffer>} told
 */
async function load(map, group, source, first, told) {
  /** @type {App} */
  let app;
  try {
    app = new App(map, group, await first, source);
    app.start();
  } catch (error) {
    console.error(error);
    byId("sentence").textContent = say("app.nothing_loaded");
    complain(() => load(map, group, source, draw(map, source), source.columns("told")));
    return;
  }
  await shown();
  app.ground();
  await tell(app, source, told);
}

/** @param {L.Map} map @param {Source} source */
async function draw(map, source) {
  return new FirstPicture(new Columns(await source.columns("drawn")), map.getContainer());
}

/** @param {App} app @param {Source} source @param {Promise<ArrayBuffer>} told */
async function tell(app, source, told) {
  try {
    const columns = new Columns(await told);
    if (columns.header.version !== app.version) {
      if (IS_PUBLISHED) throw new Error("the two parts are of different days"); // while files are being put there
      return location.reload(); // a record came between the two parts
    }
    app.tell(columns);
    performance.mark("told");
  } catch (error) {
    console.error(error);
    complain(() => tell(app, source, source.columns("told")));
  }
}

/** @param {L.Map} map */
function nameMap(map) {
  const container = map.getContainer();
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", say("app.map"));
  const { least, most } = zoomsOf(map.getSize().x);
  map.options.zoomSnap = STEP;
  map.setMinZoom(least);
  map.setMaxZoom(most);
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
