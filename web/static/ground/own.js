// How is our own base drawn? One canvas of land, and one of names above it, which give way to the projects' symbols.

import { Borders } from "./borders.js";
import { paintLabels } from "./labels.js";
import { Places } from "./places.js";
import { countriesOf, lakesOf } from "./world.js";
import { CanvasLayer } from "../map/canvaslayer.js";
import { onThemeChange } from "../base/theme.js";

/** @typedef {import("../map/shapes.js").Country} Country */
/** @typedef {import("./world.js").World} World */
/** Where the tiles of land and of towns are, to which z/x/y is added. @typedef {{land: string, towns: string}} Near */
/** Boxes in pixels of the world at a zoom: left, top, right, bottom and so on. @typedef {{world: number, boxes: Float64Array}} Taken */

const CREDIT = "Natural Earth · GeoNames";
/** The panes from below, with their heights; between land and names is room for overlays. */
const PANES = { countries: 150, names: 160 };

export class OwnGround {
  /** @type {Country[]} */
  #countries = [];
  /** @type {Taken | null} */
  #taken = null;
  #borders;
  #places;
  #land;
  #names;

  /** @param {L.Map} map @param {Near | null} near none for a map that stands by itself, in a file */
  constructor(map, near) {
    for (const [name, height] of Object.entries(PANES)) map.createPane(name).style.zIndex = String(height);
    this.#borders = new Borders(near?.land ?? null, () => this.redraw());
    this.#places = new Places(near?.towns ?? null, () => this.#names.redraw());
    this.#land = new CanvasLayer("countries", (ctx, frame) => this.#borders.paint(ctx, frame));
    this.#names = new CanvasLayer("names", (ctx, frame) => this.#paintNames(ctx, frame));
    this.#land.canvas.id = "ground-canvas";
    this.#names.canvas.id = "names-canvas";
    this.#land.options.attribution = CREDIT;
    this.group = L.layerGroup([this.#land, this.#names]).addTo(map);
    onThemeChange(() => this.redraw());
  }

  redraw() {
    this.#land.redraw();
    this.#names.redraw();
  }

  /** Names keep off these boxes from now on. @param {Taken} taken */
  reserve(taken) {
    if (isSame(taken, this.#taken)) return;
    this.#taken = taken;
    this.#names.redraw();
  }

  /** @param {World} world */
  know(world) {
    this.#countries = countriesOf(world);
    this.#borders.know(this.#countries, lakesOf(world));
    this.redraw();
    return this.#countries;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {import("../map/frame.js").Frame} frame */
  #paintNames(ctx, frame) {
    const names = this.#places.names(frame, this.#countries, this.#borders);
    const boxes = this.#taken?.world === frame.world ? this.#taken.boxes : null;
    const placed = paintLabels(ctx, frame, names, boxes);
    const told = placed.map(({ what: { name }, box }) => ({ kind: name.kind, text: name.text, box: box.map(Math.round) }));
    this.#names.canvas.dataset.names = JSON.stringify(told);
  }
}

/** @param {Taken} a @param {Taken | null} b */
function isSame(a, b) {
  return b !== null && a.world === b.world && a.boxes.length === b.boxes.length && a.boxes.every((at, i) => at === b.boxes[i]);
}
