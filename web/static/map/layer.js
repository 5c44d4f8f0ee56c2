// Where is every shown project on the screen, and which ones are under the pointer?

import { nearestCopy, paintCountry, paintCountryLabel, paintFootprint, paintRing } from "./areas.js";
import { CanvasLayer, pixelRatio } from "./canvaslayer.js";
import { shapeOf } from "./shapes.js";
import { hasPoint, isCountryWide } from "../base/snapshot.js";
import { Sprites } from "./symbols.js";
import { onThemeChange, theme } from "../base/theme.js";

/** @typedef {import("../base/snapshot.js").Row} Row */
/** @typedef {import("../base/snapshot.js").PlacedRow} PlacedRow */
/** @typedef {import("./canvaslayer.js").Frame} Frame */
/** @typedef {import("./areas.js").Brush} Brush */
/** @typedef {import("./areas.js").CountryArea} CountryArea */
/** @typedef {{row: PlacedRow, x: number, y: number}} Mark */

const CELL = 32; // pixels of the grid in which marks are looked up
const HAIR = 4; // pixels by which a symbol may stick out and still count as covered
const DRAWN_FIRST = ["ended", "unknown", "operating", "paused", "building", "planned"];

/** @param {number} zoom symbols are a little smaller where the world is */
function symbolSize(zoom) {
  return zoom < 3 ? 13 : zoom < 5 ? 15 : 17;
}

export class ProjectLayer {
  /** @type {Row[]} */
  #rows = [];
  /** @type {PlacedRow[]} */
  #placed = [];
  /** @type {CountryArea[]} */
  #countries = [];
  /** @type {Map<string, Mark[]>} */
  #grid = new Map();
  /** @type {Row | null} */
  #selected = null;
  #size = 15;
  #sprites = new Sprites(theme().dark, pixelRatio());
  #probe = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  #footprints;
  /** @type {Map<string, import("./basemap.js").Country>} */
  #outlines = new Map();
  #layer;

  /** @param {import("../base/snapshot.js").Dataset} dataset */
  constructor(dataset) {
    this.#footprints = new Map([...dataset.areas].map(([index, area]) => [index, shapeOf(area)]));
    this.#layer = new CanvasLayer("overlayPane", (ctx, frame) => this.#paint(ctx, frame));
    this.#layer.canvas.id = "project-canvas";
    onThemeChange(() => this.#repaint());
  }

  get leaflet() {
    return this.#layer;
  }

  /** Projects of which only the country is known appear now. @param {import("./basemap.js").Country[]} countries */
  outline(countries) {
    this.#outlines = new Map(countries.map((country) => [country.iso, country]));
    this.#layer.canvas.dataset.countries = String(countries.length);
    this.#arrange();
  }

  /** @param {Row[]} rows */
  show(rows) {
    this.#rows = rows;
    this.#arrange();
  }

  /** @param {Row | null} row */
  highlight(row) {
    this.#selected = row;
    this.#arrange();
  }

  /** The open record is shown even where the filters leave it out. */
  #arrange() {
    const selected = this.#selected;
    const rows = selected === null || this.#rows.includes(selected) ? this.#rows : [...this.#rows, selected];
    this.#placed = rows.filter(hasPoint).sort((a, b) => rank(a) - rank(b));
    this.#countries = this.#countryAreas(rows.filter(isCountryWide));
    this.#layer.redraw();
  }

  /**
   * The projects at a point of the map, the nearest first: symbols, or else the footprints, or else the hatched country there.
   * @param {L.Point} point @param {number} reach pixels around the point
   * @returns {Row[]}
   */
  at(point, reach) {
    const { x, y } = this.#layer.toCanvas(point);
    const marks = this.#marksNear(x, y, this.#size / 2 + reach);
    if (marks.length) return marks.map((mark) => mark.row);
    return this.#areasAt(point);
  }

  /** @param {string} iso @returns {import("./shapes.js").Box | null} the country's box in world units */
  boxOf(iso) {
    return this.#outlines.get(iso)?.shape.box ?? null;
  }

  #repaint() {
    this.#sprites = new Sprites(theme().dark, pixelRatio());
    this.#layer.redraw();
  }

  /** @param {Row[]} rows @returns {CountryArea[]} */
  #countryAreas(rows) {
    /** @type {Map<string, CountryArea>} */
    const areas = new Map();
    for (const row of rows) {
      const country = this.#outlines.get(row.country);
      if (!country) continue;
      const area = areas.get(row.country) ?? { ...country, rows: [] };
      area.rows.push(row);
      areas.set(row.country, area);
    }
    return [...areas.values()];
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame */
  #paint(ctx, frame) {
    const brush = { ctx, frame, theme: theme() };
    if (this.#sprites.ratio !== pixelRatio()) this.#sprites = new Sprites(brush.theme.dark, pixelRatio());
    this.#size = symbolSize(frame.zoom);
    const selected = this.#selected;
    for (const country of this.#countries)
      paintCountry(brush, country, selected !== null && country.rows.includes(selected));
    const marks = this.#marksIn(frame);
    for (const { row } of marks) this.#paintFootprint(brush, row);
    for (const { row, x, y } of rings(marks)) paintRing(brush, row, x, y);
    for (const country of this.#countries) paintCountryLabel(brush, country);
    for (const { row, x, y } of uncovered(marks)) this.#sprites.draw(ctx, row, x, y, this.#size);
    this.#paintCounts(brush, marks);
    this.#paintSelected(brush, marks);
    this.#index(marks);
    this.#layer.canvas.dataset.marks = String(marks.length);
  }

  /** @param {Frame} frame @returns {Mark[]} */
  #marksIn(frame) {
    const marks = [];
    for (const row of this.#placed) {
      const x = (row.x + nearestCopy(frame, row.x)) * frame.world - frame.left;
      const y = row.y * frame.world - frame.top;
      const reach = row.radius || this.#footprints.has(row.index) ? frame.width : CELL;
      if (x > -reach && y > -reach && x < frame.width + reach && y < frame.height + reach) marks.push({ row, x, y });
    }
    return marks;
  }

  /** @param {Brush} brush @param {Row} row */
  #paintFootprint(brush, row) {
    const shape = this.#footprints.get(row.index);
    if (shape) paintFootprint(brush, row, shape);
  }

  /** A number beside symbols that stand on one another. @param {Brush} brush @param {Mark[]} marks */
  #paintCounts({ ctx, theme }, marks) {
    for (const { x, y, count } of stacks(marks)) {
      const [left, top] = [x + this.#size / 2, y - this.#size / 2];
      ctx.beginPath();
      ctx.arc(left, top, 7, 0, 2 * Math.PI);
      ctx.fillStyle = theme.ink;
      ctx.fill();
      ctx.font = `600 10px ${theme.font}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillStyle = theme.halo;
      ctx.fillText(count > 99 ? "99" : String(count), left, top + 0.5);
    }
  }

  /** @param {Brush} brush @param {Mark[]} marks */
  #paintSelected({ ctx, theme }, marks) {
    const mark = marks.find(({ row }) => row === this.#selected);
    if (!mark) return;
    ctx.beginPath();
    ctx.arc(mark.x, mark.y, this.#size / 2 + 6, 0, 2 * Math.PI);
    ctx.fillStyle = theme.halo;
    ctx.fill();
    ctx.strokeStyle = theme.accent;
    ctx.lineWidth = 2.5;
    ctx.stroke();
    this.#sprites.draw(ctx, mark.row, mark.x, mark.y, this.#size);
  }

  /** @param {Mark[]} marks */
  #index(marks) {
    this.#grid = new Map();
    for (const mark of marks) {
      const key = `${Math.floor(mark.x / CELL)} ${Math.floor(mark.y / CELL)}`;
      const cell = this.#grid.get(key);
      if (cell) cell.push(mark);
      else this.#grid.set(key, [mark]);
    }
  }

  /** @param {number} x @param {number} y @param {number} reach */
  #marksNear(x, y, reach) {
    const found = [];
    const [left, top] = [Math.floor((x - reach) / CELL), Math.floor((y - reach) / CELL)];
    const [right, bottom] = [Math.floor((x + reach) / CELL), Math.floor((y + reach) / CELL)];
    for (let column = left; column <= right; column += 1) {
      for (let line = top; line <= bottom; line += 1) found.push(...(this.#grid.get(`${column} ${line}`) ?? []));
    }
    /** @param {Mark} mark */
    const distance = (mark) => Math.hypot(mark.x - x, mark.y - y);
    return found.filter((mark) => distance(mark) <= reach).sort((a, b) => distance(a) - distance(b));
  }

  /** @param {L.Point} point */
  #areasAt(point) {
    const { x, y } = this.#layer.toWorld(point);
    const inside = (/** @type {import("./shapes.js").Shape | undefined} */ shape) =>
      !!shape && this.#probe.isPointInPath(shape.area, x, y);
    const covering = this.#placed.filter(
      (row) => this.#footprints.has(row.index) && inside(this.#footprints.get(row.index)),
    );
    return covering.length
      ? covering
      : this.#countries.filter(({ shape }) => inside(shape)).flatMap(({ rows }) => rows);
  }
}

/** @param {Row} row */
function rank(row) {
  return DRAWN_FIRST.indexOf(row.status.group);
}

/**
 * Without the marks that lie, but for a hair, under one that is drawn later: in a crowd they cost most of the time.
 * @param {Mark[]} marks
 */
function uncovered(marks) {
  const taken = new Set();
  const seen = [];
  for (let i = marks.length - 1; i >= 0; i -= 1) {
    const key = Math.round(marks[i].x / HAIR) * 65_536 + Math.round(marks[i].y / HAIR);
    if (!taken.has(key)) seen.push(marks[i]);
    taken.add(key);
  }
  return seen.reverse();
}

/**
 * One mark for each ring, the topmost: the same ring drawn twice would look like another colour.
 * @param {Mark[]} marks
 */
function rings(marks) {
  const drawn = new Set();
  return [...marks].reverse().filter(({ row }) => {
    const key = row.radius && `${row.x} ${row.y} ${row.radius}`;
    return key && !drawn.has(key) && drawn.add(key);
  });
}

/** @param {Mark[]} marks @returns {{x: number, y: number, count: number}[]} */
function stacks(marks) {
  /** @type {Map<number, {x: number, y: number, count: number}>} */
  const found = new Map();
  for (const { row, x, y } of marks) {
    const key = Math.round(row.x * 2 ** 25) + Math.round(row.y * 2 ** 25) * 2 ** 26;
    const stack = found.get(key);
    if (stack) stack.count += 1;
    else found.set(key, { x, y, count: 1 });
  }
  return [...found.values()].filter((stack) => stack.count > 1);
}
