// How does a picture stay under the map's movements? One canvas, larger than the view, repainted when a move has ended.

import { frameOf, marginOf, penFor, worldAt } from "./frame.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {(ctx: CanvasRenderingContext2D, frame: Frame) => void} Paint */

export class CanvasLayer extends L.Layer {
  #corner = L.latLng(0, 0);
  #origin = L.point(0, 0);
  #canvas = document.createElement("canvas");
  #request = 0;
  #pane;
  #paint;

  /** @param {string} pane @param {Paint} paint */
  constructor(pane, paint) {
    super();
    this.#pane = pane;
    this.#paint = paint;
    this.#canvas.className = "leaflet-zoom-animated record-canvas";
    this.#canvas.setAttribute("aria-hidden", "true");
  }

  get canvas() {
    return this.#canvas;
  }

  /** A point of the map's layer as a point of the canvas. @param {L.Point} point */
  toCanvas(point) {
    return point.subtract(this.#origin);
  }

  /** A point of the map's layer in world units. @param {L.Point} point */
  toWorld(point) {
    const { x, y } = this._map
      .getPixelOrigin()
      .add(point)
      .divideBy(worldAt(this._map.getZoom()));
    return { x: x - Math.floor(x), y };
  }

  /** @override @param {L.Map} map */
  onAdd(map) {
    map.getPane(this.#pane)?.append(this.#canvas);
    this.#draw(map);
    return this;
  }

  /** @override */
  onRemove() {
    cancelAnimationFrame(this.#request);
    this.#canvas.remove();
    return this;
  }

  /** @override @returns {{[name: string]: L.LeafletEventHandlerFn}} */
  getEvents() {
    return {
      move: () => this.#covers() || this.redraw(),
      moveend: () => this.redraw(),
      viewreset: () => this.redraw(),
      resize: () => this.redraw(),
      zoom: (event) => this.#follow(event.target.getCenter(), event.target.getZoom()),
      zoomanim: (event) =>
        this.#follow(/** @type {L.ZoomAnimEvent} */ (event).center, /** @type {L.ZoomAnimEvent} */ (event).zoom),
    };
  }

  redraw() {
    cancelAnimationFrame(this.#request);
    this.#request = requestAnimationFrame(() => this._map && this.#draw(this._map));
  }

  /** Does the picture reach to every edge of the view, however far it has been dragged? */
  #covers() {
    const view = this._map.getSize();
    const corner = this._map.containerPointToLayerPoint([0, 0]);
    const opposite = this._map.containerPointToLayerPoint(view);
    const margin = marginOf(view);
    const end = this.#origin.add(view).add([2 * margin.x, 2 * margin.y]);
    return this.#origin.x <= corner.x && this.#origin.y <= corner.y && end.x >= opposite.x && end.y >= opposite.y;
  }

  /**
   * Stretches the picture as it is to where it belongs at another zoom.
   * @param {L.LatLng} centre
   * @param {number} zoom
   */
  #follow(centre, zoom) {
    const map = this._map;
    const pane = L.DomUtil.getPosition(/** @type {HTMLElement} */ (map.getPane("mapPane")));
    const origin = map.project(centre, zoom).subtract(map.getSize().divideBy(2)).add(pane).round();
    const scale = Number(this.#canvas.dataset.world) ? worldAt(zoom) / Number(this.#canvas.dataset.world) : 1;
    L.DomUtil.setTransform(this.#canvas, map.project(this.#corner, zoom).subtract(origin), scale);
  }

  /** @param {L.Map} map */
  #draw(map) {
    const started = performance.now();
    const frame = this.#place(map);
    this.#paint(penFor(this.#canvas, frame), frame);
    this.#canvas.dataset.drawMs = (performance.now() - started).toFixed(1);
  }

  /** @param {L.Map} map @returns {Frame} */
  #place(map) {
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint([0, 0]).round();
    const margin = marginOf(size);
    this.#origin = corner.subtract([margin.x, margin.y]);
    this.#corner = map.layerPointToLatLng(this.#origin);
    L.DomUtil.setPosition(this.#canvas, this.#origin);
    return frameOf(map.getPixelOrigin().add(corner), size, margin, map.getZoom());
  }
}
