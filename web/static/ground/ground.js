// What lies under the projects? Our own land, borders and names, or the base and the overlays that the reader chooses.

import { Bases } from "./bases.js";
import { Choice, OWN } from "./choice.js";
import { fetchOffer } from "./layers.js";
import { OwnGround } from "./own.js";
import { switcher } from "./switcher.js";
import { IS_OFFERED, unreviewed } from "./unreviewed.js";
import { worldOf } from "./world.js";

/** @typedef {import("../map/shapes.js").Country} Country */
/** @typedef {import("./choice.js").GroundChoice} GroundChoice */
/** @typedef {import("./own.js").Near} Near */
/**
 * What is drawn above the ground; names keep off it.
 * @typedef {object} Above
 * @property {() => Float32Array} reserved @property {(listener: () => void) => void} onDrawn
 * @property {import("../map/canvaslayer.js").CanvasLayer} leaflet
 */
/**
 * @typedef {object} Given
 * @property {import("../base/source.js").Source["world"]} world
 * @property {(countries: Country[]) => void} outline told every country whenever more is known of them
 * @property {(Near & {layers: string}) | null} near addresses of what a server has beside the world
 * @property {Above} projects
 */

const AFAR = 3; // zoom up to which borders are told as they are seen from afar

/** Puts the ground under the map. @param {L.Map} map @param {Given} given */
export function ground(map, { world, near, projects, outline }) {
  const own = new OwnGround(map, near);
  const choice = new Choice();
  projects.onDrawn(() => own.reserve(takenBy(map, projects)));
  tell(map, world, (file) => outline(own.know(worldOf(file)))).catch((error) => console.warn("The map has no countries:", error));
  return {
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

/** The world as it is seen from afar, and exactly once the view is near. @param {L.Map} map @param {Given["world"]} world @param {(file: ArrayBuffer) => void} know */
async function tell(map, world, know) {
  if (map.getZoom() <= AFAR) {
    know(await world(true));
    await new Promise((resolve) => map.on("zoomend", () => map.getZoom() > AFAR && resolve(null)));
  }
  know(await world(false));
}

/** @param {L.Map} map @param {OwnGround} own @param {Choice} choice @param {string} address */
async function offer(map, own, choice, address) {
  const told = await fetchOffer(address);
  choice.usual = told.base ?? OWN;
  const bases = new Bases(map, own.group, told, choice);
  choice.listen(() => void bases.show());
  switcher(map, told, choice);
  if (IS_OFFERED) unreviewed(map, choice);
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
