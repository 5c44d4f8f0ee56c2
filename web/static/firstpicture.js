// What can be drawn before Leaflet's map is there? The places that the address asks for, in the view that it asks for.

import { byId } from "./base/dom.js";
import { Dataset, mercatorX, mercatorY } from "./base/dataset.js";
import { wordsOf } from "./base/vocabularies.js";
import { addressed } from "./find/address.js";
import { select } from "./find/select.js";
import { frameOf, pixelRatio, worldAt } from "./map/frame.js";
import { insets } from "./map/insets.js";
import { paletteOf } from "./map/palette.js";
import { paintPoints } from "./map/points.js";
import { FIT_ZOOM, boxOf, fitted, limited, zoomsOf } from "./map/viewport.js";

/** @typedef {import("./map/viewport.js").Viewport} Viewport */
/** @typedef {{x: number, y: number}} Size */

const ANYWHERE = { x: mercatorX(10), y: mercatorY(20), zoom: 2 };

export class FirstPicture {
  canvas = document.createElement("canvas");

  /** Draws at once. @param {import("./base/columns.js").Columns} columns @param {HTMLElement} container of the map */
  constructor(columns, container) {
    const { header } = columns;
    this.dataset = new Dataset(columns, () => wordsOf(header));
    this.address = addressed(this.dataset);
    this.selection = select(this.dataset, this.address.choices);
    const size = { x: container.clientWidth, y: container.clientHeight };
    this.viewport = this.#viewport(container, size);
    this.#draw(container, size);
    performance.mark("first-picture");
  }

  /** @param {HTMLElement} container @param {Size} size @returns {Viewport} */
  #viewport(container, size) {
    const { view } = this.address;
    const zooms = zoomsOf(size.x);
    if (view) return { x: mercatorX(view.lon), y: mercatorY(view.lat), zoom: limited(view.zoom, zooms) };
    const box = boxOf(this.dataset, this.selection.rows, () => null);
    if (box === null) return ANYWHERE;
    const clear = insets(container, byId("rail"), byId("panel"), byId("time"));
    return fitted(box, size, clear, { least: zooms.least, most: FIT_ZOOM });
  }

  /** @param {HTMLElement} container @param {Size} size */
  #draw(container, size) {
    const started = performance.now();
    const { x, y, zoom } = this.viewport;
    const [world, ratio] = [worldAt(zoom), pixelRatio()];
    const frame = frameOf({ x: x * world - size.x / 2, y: y * world - size.y / 2 }, size, { x: 0, y: 0 }, zoom);
    this.canvas.id = "first-canvas";
    this.canvas.className = "record-canvas";
    this.canvas.width = size.x * ratio;
    this.canvas.height = size.y * ratio;
    this.canvas.style.width = "100%";
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const palette = paletteOf(this.dataset.codes.status_group);
    paintPoints(ctx, frame, ratio, this.dataset, this.selection.rows, palette);
    this.canvas.dataset.drawMs = (performance.now() - started).toFixed(1);
    container.append(this.canvas);
  }
}
