// What lies under the projects? Our own land, borders and names, or the base and the overlays that the reader chooses.

import { Bases, OWN_ZOOM } from "./bases.js";
import { Choice, OWN } from "./choice.js";
import { fetchOffer } from "./layers.js";
import { OwnGround } from "./own.js";
import { switcher } from "./switcher.js";

/** @typedef {import("../map/shapes.js").Country} Country */
/** @typedef {import("./choice.js").GroundChoice} GroundChoice */
/** @typedef {import("./own.js").Near} Near */
/** @typedef {import("./world.js").World} World */
/**
 * What is drawn above the ground; names keep off it.
 * @typedef {object} Above
 * @property {() => Float32Array} reserved @property {(listener: () => void) => void} onDrawn
 * @property {import("../map/canvaslayer.js").CanvasLayer} leaflet
 */
/**
 * @typedef {object} Given
 * @property {() => Promise<World>} world
 * @property {(Near & {layers: string}) | null} near addresses of what a server has beside the world
 * @property {Above} projects
 */

/** Puts the ground under the map. @param {L.Map} map @param {Given} given */
export function ground(map, { world, near, projects }) {
  map.setMaxZoom(OWN_ZOOM);
  const own = new OwnGround(map, near);
  const choice = new Choice();
  projects.onDrawn(() => own.reserve(takenBy(map, projects)));
  return {
    /** Every country with its outline, for whatever is drawn above. @type {Promise<Country[]>} */
    countries: world().then((told) => own.know(told)),
    /** Settles when bases and overlays can be chosen. */
    ready: near ? offer(map, own, choice, near.layers) : Promise.resolve(),
    redraw: () => own.redraw(),
    choice: () => choice.now,
    /** @param {GroundChoice} now */
    setChoice: (now) => choice.set(now),
    /** @param {(now: GroundChoice) => void} listener */
    onChange: (listener) => choice.listen(listener),
  };
}

/** @param {L.Map} map @param {OwnGround} own @param {Choice} choice @param {string} address */
async function offer(map, own, choice, address) {
  const told = await fetchOffer(address);
  choice.usual = told.base ?? OWN;
  const bases = new Bases(map, own.group, told, choice);
  choice.listen(() => void bases.show());
  switcher(map, told, choice);
  await bases.show();
}

/**
 * What is drawn above, in pixels of the world: the two canvases need not lie on the same spot.
 * @param {L.Map} map @param {Above} projects
 */
function takenBy(map, projects) {
  const boxes = Float64Array.from(projects.reserved());
  const { x, y } = map.getPixelOrigin().subtract(projects.leaflet.toCanvas(L.point(0, 0)));
  for (let i = 0; i < boxes.length; i += 1) boxes[i] = Math.round(boxes[i] + (i % 2 === 0 ? x : y));
  return { world: 256 * 2 ** map.getZoom(), boxes };
}
