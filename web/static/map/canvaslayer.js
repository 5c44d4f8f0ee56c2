// How does a picture stay under the map's movements? One canvas, larger than the view, repainted when a move has ended.

/** Where the canvas lies: world size in pixels, and its own top left corner in world pixels. */
/**
 * @typedef {{world: number, left: number, top: number, width: number, height: number, zoom: number, centre: number}} Frame
 */
/** @typedef {(ctx: CanvasRenderingContext2D, frame: Frame) => void} Paint */

const MARGIN = 0.25; // of the view, on every side, so that a pan shows no edge

export function pixelRatio() {
  return Math.min(2, window.devicePixelRatio || 1);
}

export class CanvasLayer extends L.Layer {
  #canvas = document.createElement("canvas");
  #corner = L.latLng(0, 0);
  #origin = L.point(0, 0);
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
      .divideBy(256 * 2 ** this._map.getZoom());
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
    const end = this.#origin.add(view).add(view.multiplyBy(MARGIN).round().multiplyBy(2));
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
    const scale = Number(this.#canvas.dataset.world) ? (256 * 2 ** zoom) / Number(this.#canvas.dataset.world) : 1;
    L.DomUtil.setTransform(this.#canvas, map.project(this.#corner, zoom).subtract(origin), scale);
  }

  /** @param {L.Map} map */
  #draw(map) {
    const started = performance.now();
    const ratio = pixelRatio();
    const frame = this.#place(map);
    this.#canvas.width = frame.width * ratio;
    this.#canvas.height = frame.height * ratio;
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    ctx.scale(ratio, ratio);
    this.#paint(ctx, frame);
    this.#canvas.dataset.drawMs = (performance.now() - started).toFixed(1);
  }

  /** @param {L.Map} map @returns {Frame} */
  #place(map) {
    const view = map.getSize();
    const margin = view.multiplyBy(MARGIN).round();
    const size = view.add(margin.multiplyBy(2));
    this.#origin = map.containerPointToLayerPoint(margin.multiplyBy(-1)).round();
    this.#corner = map.layerPointToLatLng(this.#origin);
    const corner = map.getPixelOrigin().add(this.#origin);
    const world = 256 * 2 ** map.getZoom();
    L.DomUtil.setPosition(this.#canvas, this.#origin);
    this.#canvas.style.width = `${size.x}px`;
    this.#canvas.style.height = `${size.y}px`;
    this.#canvas.dataset.world = String(world);
    const centre = (corner.x + size.x / 2) / world;
    return { world, left: corner.x, top: corner.y, width: size.x, height: size.y, zoom: map.getZoom(), centre };
  }
}
