// Which projects does the map show, and which ones are under the pointer?

import { onThemeChange } from "../base/theme.js";
import { Arrangement } from "./arrangement.js";
import { CanvasLayer } from "./canvaslayer.js";
import { Painter } from "./painter.js";
import { Sizes } from "./sizes.js";
import { Places } from "./spots.js";
import { boundsOf } from "./view.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./chips.js").CountryWide} CountryWide */
/** @typedef {import("./shapes.js").Country} Country */
/**
 * @typedef {{kind: "rows", rows: number[]}
 *   | {kind: "cluster", rows: number[], bounds: L.LatLngBounds}
 *   | {kind: "country", iso: string, rows: number[]}} Found
 */

const FEW = 3; // countries in a selection that are dotted without being asked for

export class ProjectLayer {
  /** @type {number | null} */
  #open = null;
  /** What the pointer is over. @type {Found | null} */
  #hovered = null;
  /** @type {Map<string, Country>} */
  #outlines = new Map();
  /** @type {[number, number][]} */
  #links = [];
  /** @type {(() => void)[]} */
  #listeners = [];
  /** What was known today when sizes were reckoned. @type {unknown} */
  #sized = null;
  #rows;
  #places;
  #sizes;
  /** That of all rows, to which filters come back again and again. @type {Arrangement | null} */
  #whole = null;
  #arrangement;
  #painter;
  #layer;
  #dataset;

  /** @param {Dataset} dataset @param {Uint32Array} rows */
  constructor(dataset, rows) {
    this.#dataset = dataset;
    this.#rows = rows;
    this.#sizes = new Sizes(dataset);
    this.#sized = dataset.today;
    this.#places = new Places(dataset.x, dataset.y);
    this.#arrangement = new Arrangement(dataset, this.#places, rows);
    this.#painter = new Painter(dataset);
    this.#layer = new CanvasLayer("overlayPane", (ctx, frame) => this.#paint(ctx, frame));
    this.#layer.canvas.id = "project-canvas";
    onThemeChange(() => {
      this.#painter.forgetColours();
      this.#layer.redraw();
    });
  }

  get leaflet() {
    return this.#layer;
  }

  /** How large symbols are, for a legend. */
  get sizes() {
    if (this.#sized !== this.#dataset.today) [this.#sizes, this.#sized] = [new Sizes(this.#dataset), this.#dataset.today];
    return this.#sizes;
  }

  /** @param {Uint32Array} rows */
  show(rows) {
    this.#rows = rows;
    this.#arrange();
  }

  /** Stages, capacities or what is told of the same rows are others now. */
  refresh() {
    this.#arrange();
  }

  /** The open record: it is drawn even where the filter leaves it out. @param {number | null} index */
  highlight(index) {
    this.#open = index;
    this.#arrange();
  }

  /** What the pointer is over: only there do rings and dotted countries show far out. @param {Found | null} found */
  hover(found) {
    const before = this.#hovered;
    this.#hovered = found;
    if (!isSame(before, found) && [before, found].some((each) => this.#painter.rough.isShownByHover(each))) this.#layer.redraw();
  }

  /** @param {Country[]} countries */
  outline(countries) {
    this.#outlines = new Map(countries.map((country) => [country.iso, country]));
    this.#layer.canvas.dataset.countries = String(countries.length);
    this.#layer.redraw();
  }

  /** Links of the open record, from one row to another. @param {[number, number][]} pairs */
  connect(pairs) {
    this.#links = pairs;
    this.#layer.redraw();
  }

  /** What is at a point of the map's layer. @param {L.Point} point @param {number} reach pixels around it @returns {Found | null} */
  at(point, reach) {
    const { x, y } = this.#layer.toCanvas(point);
    const country = this.#painter.countryAt(x, y, reach);
    if (country) return { kind: "country", iso: country.iso, rows: country.rows };
    const rows = this.#painter.rowsAt(x, y, reach);
    if (rows.length) return { kind: "rows", rows };
    return this.#clusterAt(x, y, reach) ?? this.#areaAt(point);
  }

  /** @param {string} iso @returns {import("./shapes.js").Box | null} the country's box in world units */
  boxOf(iso) {
    return this.#outlines.get(iso)?.shape.box ?? null;
  }

  /** Boxes of all that is drawn, for labels that must not cross it: left, top, right, bottom and so on, in canvas pixels. */
  reserved() {
    return this.#painter.reserved();
  }

  /** @param {() => void} listener called after each drawing */
  onDrawn(listener) {
    this.#listeners.push(listener);
  }

  /** @returns {L.Map} */
  get #map() {
    return /** @type {any} */ (this.#layer)._map;
  }

  #arrange() {
    const rows = this.#open === null || this.#rows.includes(this.#open) ? this.#rows : withRow(this.#rows, this.#open);
    if (sameRows(rows, this.#arrangement.rows)) this.#arrangement.retally();
    else this.#arrangement = this.#arrangementOf(rows);
    this.#layer.redraw();
  }

  /** @param {Uint32Array} rows */
  #arrangementOf(rows) {
    if (rows.length !== this.#dataset.size) return new Arrangement(this.#dataset, this.#places, rows);
    this.#whole ??= new Arrangement(this.#dataset, this.#places, rows);
    this.#whole.retally();
    return this.#whole;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {import("./frame.js").Frame} frame */
  #paint(ctx, frame) {
    this.#painter.paint(ctx, frame, {
      maxZoom: this.#map.getMaxZoom(),
      arrangement: this.#arrangement,
      sizes: this.sizes,
      open: this.#open,
      hovered: this.#hovered,
      outlines: this.#outlines,
      countries: this.#countryWide(),
      links: this.#links,
    });
    this.#tell(frame);
    for (const listener of this.#listeners) listener();
  }

  /** Countries with projects without a place; those that are few are dotted. @returns {CountryWide[]} */
  #countryWide() {
    const { countryWide, countries } = this.#arrangement;
    const { codes, groupOfStatus, now } = this.#dataset;
    const found = [];
    for (const [position, rows] of countryWide) {
      const country = this.#outlines.get(codes.country[position]);
      if (!country) continue;
      const shares = codes.status_group.map(() => 0);
      for (const row of rows) shares[groupOfStatus[now.status[row]]] += 1;
      const isOpen = this.#open !== null && rows.includes(this.#open);
      const isHovered = this.#hovered?.kind === "country" && this.#hovered.iso === country.iso;
      found.push({ iso: country.iso, shape: country.shape, rows, shares, isOpen, isHovered, isDotted: isOpen || countries <= FEW });
    }
    return found;
  }

  /** @param {number} x @param {number} y @param {number} reach @returns {Found | null} */
  #clusterAt(x, y, reach) {
    const found = this.#painter.clusterAt(x, y, reach);
    if (!found) return null;
    return { kind: "cluster", rows: found.rows, bounds: boundsOf(found.box) };
  }

  /** @param {L.Point} point @returns {Found | null} */
  #areaAt(point) {
    const { x, y } = this.#layer.toWorld(point);
    const rows = this.#painter.rough.footprintsAt(x, y);
    if (rows.length) return { kind: "rows", rows };
    const country = this.#painter.rough.dottedAt(x, y);
    return country && { kind: "country", iso: country.iso, rows: country.rows };
  }

  /** What is drawn, for tests: places in pixels of the map's container. @param {import("./frame.js").Frame} frame */
  #tell(frame) {
    const size = this.#map.getSize();
    const [dx, dy] = [(frame.width - size.x) / 2, (frame.height - size.y) / 2];
    Object.assign(this.#layer.canvas.dataset, this.#painter.told(dx, dy));
  }
}

/** @param {Uint32Array} rows @param {number} row */
function withRow(rows, row) {
  const found = new Uint32Array(rows.length + 1);
  found.set(rows);
  found[rows.length] = row;
  return found;
}

/** @param {Uint32Array} a @param {Uint32Array} b */
function sameRows(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

/** @param {Found | null} a @param {Found | null} b */
function isSame(a, b) {
  if (a?.kind !== b?.kind) return false;
  if (a?.kind === "country" && b?.kind === "country") return a.iso === b.iso;
  return a?.rows[0] === b?.rows[0] && a?.rows.length === b?.rows.length;
}
