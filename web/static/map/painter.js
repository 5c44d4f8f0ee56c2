// How is a selection drawn, from what lies lowest to what lies on top?

import { chipAt, paintChips, placeChips } from "./chips.js";
import { sortedBy, startsOf } from "./cells.js";
import { Rings } from "./crowds.js";
import { pixelRatio } from "./frame.js";
import { paintLinks } from "./links.js";
import { GROUPS, isHollow } from "./looks.js";
import { Marks, canvasX } from "./marks.js";
import { FROM_ZOOM, paintNames, placeNames } from "./names.js";
import { paletteOf } from "./palette.js";
import { HEIGHT, WIDTH, paintPiles, pileAt } from "./piles.js";
import { Taken } from "./placement.js";
import { RingPictures } from "./ringpictures.js";
import { RoughPlaces } from "./roughplaces.js";
import { zoomFactor } from "./sizes.js";
import { Sprites } from "./sprites.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./arrangement.js").Arrangement} Arrangement */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./chips.js").Chip} Chip */
/** @typedef {import("./chips.js").CountryWide} CountryWide */
/** @typedef {import("./crowds.js").Brush} Brush */
/** @typedef {import("./layer.js").Country} Country */
/** @typedef {import("./layer.js").Found} Found */
/** @typedef {import("./links.js").At} At */
/** @typedef {import("./names.js").Name} Name */
/**
 * What is to be drawn.
 * @typedef {object} Scene
 * @property {number} maxZoom
 * @property {Arrangement} arrangement
 * @property {import("./sizes.js").Sizes} sizes
 * @property {number | null} open row
 * @property {Found | null} hovered
 * @property {Map<string, Country>} outlines
 * @property {CountryWide[]} countries
 * @property {[number, number][]} links
 */

const LIFT = 5; // pixels between the open record's symbol and the ring around it

export class Painter {
  #dataset;
  #order;
  #marks = new Marks();
  #rings = new Rings();
  /** @type {Chip[]} */
  #chips = [];
  /** @type {Name[]} */
  #names = [];
  /** @type {import("./palette.js").Palette | null} */
  #palette = null;
  /** @type {Sprites | null} */
  #sprites = null;
  /** @type {RingPictures | null} */
  #ringPictures = null;
  /** @type {Scene | null} */
  #scene = null;

  /** @param {Dataset} dataset */
  constructor(dataset) {
    this.#dataset = dataset;
    this.rough = new RoughPlaces(dataset);
    const groups = dataset.codes.status_group;
    const known = GROUPS.map((group) => groups.indexOf(group)).filter((position) => position >= 0);
    this.#order = [...known, ...groups.keys()].filter((group, i, all) => all.indexOf(group) === i);
  }

  forgetColours() {
    this.#palette = null;
    this.#sprites = null;
    this.#ringPictures = null;
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {Scene} scene */
  paint(ctx, frame, scene) {
    this.#scene = scene;
    this.#palette ??= paletteOf(this.#dataset.codes.status_group);
    if (this.#sprites?.ratio !== pixelRatio()) {
      this.#sprites = new Sprites(this.#dataset, this.#palette, pixelRatio());
      this.#ringPictures = new RingPictures(this.#palette, pixelRatio());
    }
    const brush = { ctx, frame, palette: this.#palette };
    this.#place(brush, scene);
    this.rough.paint(brush, scene, this.#marks);
    paintLinks(brush, this.#ends(frame, scene));
    this.#paintStalks(brush);
    this.#paintSymbols(ctx);
    paintPiles(brush, this.#marks.piles);
    this.#rings.paint(brush, this.#order, /** @type {RingPictures} */ (this.#ringPictures));
    paintNames(brush, this.#names);
    paintChips(brush, this.#chips);
    this.#paintOpen(brush, scene);
  }

  /** @param {Brush} brush @param {Scene} scene */
  #place(brush, { arrangement, sizes, maxZoom, countries, open }) {
    const { frame } = brush;
    const crowds = arrangement.crowds(frame.zoom, maxZoom);
    this.#marks.collect(this.#dataset, sizes, arrangement.spots, crowds.clusters.loose, frame);
    this.#rings.collect(crowds, frame);
    const named = frame.zoom >= FROM_ZOOM && this.#dataset.isTold;
    [this.#chips, this.#names] = [[], []];
    if (countries.length === 0 && !named) return;
    const taken = new Taken(frame.width, frame.height);
    this.#eachBox((left, top, right, bottom) => taken.add(left, top, right, bottom));
    this.#chips = placeChips(brush, countries, taken);
    if (named) this.#names = placeNames(brush, this.#marks, this.#dataset.told.names, open, taken);
  }

  /** Where the ends of the links are drawn. @param {Frame} frame @param {Scene} scene @returns {[At, At][]} */
  #ends(frame, { links }) {
    return links.flatMap(([from, to]) => {
      const [start, end] = [this.#placeOf(frame, from), this.#placeOf(frame, to)];
      return start && end ? [/** @type {[At, At]} */ ([start, end])] : [];
    });
  }

  /** @param {Frame} frame @param {number} row @returns {At | null} */
  #placeOf(frame, row) {
    const { x, y } = this.#dataset;
    const mark = this.#marks.find(row);
    if (mark >= 0) return { x: this.#marks.x[mark], y: this.#marks.y[mark] };
    const chip = this.#chips.find(({ country }) => country.rows.includes(row));
    if (chip) return { x: (chip.box[0] + chip.box[2]) / 2, y: (chip.box[1] + chip.box[3]) / 2 };
    if (!this.#dataset.hasPoint(row)) return null;
    return { x: canvasX(frame, x[row]), y: y[row] * frame.world - frame.top };
  }

  /** From each symbol of a fan to the spot where all of it is. @param {Brush} brush */
  #paintStalks({ ctx, palette }) {
    const { fans, x, y } = this.#marks;
    if (fans.length === 0) return;
    ctx.beginPath();
    for (const fan of fans) {
      for (let i = fan.first; i < fan.last; i += 1) {
        ctx.moveTo(fan.x, fan.y);
        ctx.lineTo(x[i], y[i]);
      }
    }
    ctx.strokeStyle = palette.quiet;
    ctx.lineWidth = 1;
    ctx.stroke();
    ctx.beginPath();
    for (const fan of fans) {
      ctx.moveTo(fan.x + 2, fan.y);
      ctx.arc(fan.x, fan.y, 2, 0, 2 * Math.PI);
    }
    ctx.fillStyle = palette.quiet;
    ctx.fill();
  }

  /** What has ended lies lowest, then the largest. @param {CanvasRenderingContext2D} ctx */
  #paintSymbols(ctx) {
    const { count, row, x, y, size } = this.#marks;
    const sprites = /** @type {Sprites} */ (this.#sprites);
    sprites.makeRoom();
    const looks = new Int32Array(count);
    const ranks = new Int32Array(count);
    for (let i = 0; i < count; i += 1) {
      looks[i] = this.#look(sprites, row[i], size[i]);
      sprites.prepare(looks[i]); // all before the first is drawn: a picture that changes is copied for each use
      ranks[i] = this.#isQuiet(row[i]) ? 0 : Math.max(1, 64 - Math.round(size[i]));
    }
    const order = sortedBy(ranks, startsOf(ranks, 65));
    for (let i = 0; i < count; i += 1) sprites.draw(ctx, looks[order[i]], x[order[i]], y[order[i]]);
  }

  /** @param {Sprites} sprites @param {number} row @param {number} size */
  #look(sprites, row, size) {
    const { kind, now } = this.#dataset;
    return sprites.look(kind[row], now.status[row], Number(this.rough.isRough(row)), size);
  }

  /** @param {number} row */
  #isQuiet(row) {
    const { codes, groupOfStatus, now } = this.#dataset;
    return isHollow(codes.status_group[groupOfStatus[now.status[row]]]);
  }

  /** @param {Brush} brush @param {Scene} scene */
  #paintOpen({ ctx, frame, palette }, { open, sizes }) {
    if (open === null || !this.#dataset.hasPoint(open)) return;
    const { now } = this.#dataset;
    const { x, y } = /** @type {At} */ (this.#placeOf(frame, open));
    const size = Math.max(12, zoomFactor(frame.zoom) * sizes.across(now.measure[open], now.capacity[open]));
    ctx.beginPath();
    ctx.arc(x, y, size / 2 + LIFT, 0, 2 * Math.PI);
    ctx.fillStyle = palette.halo;
    ctx.fill();
    ctx.strokeStyle = palette.accent;
    ctx.lineWidth = 2.5;
    ctx.stroke();
    const sprites = /** @type {Sprites} */ (this.#sprites);
    sprites.draw(ctx, this.#look(sprites, open, size), x, y);
  }

  /** The projects at a point, the nearest first. @param {number} x @param {number} y @param {number} reach @returns {number[]} */
  rowsAt(x, y, reach) {
    const marks = this.#marks.near(x, y, reach);
    if (marks.length) return marks.map((mark) => this.#marks.row[mark]);
    const pile = pileAt(this.#marks.piles, x, y, reach);
    if (!pile || !this.#scene) return [];
    const { starts, rows } = this.#scene.arrangement.spots;
    return [...rows.subarray(starts[pile.spot], starts[pile.spot + 1])];
  }

  /** The projects of a cluster and their box in world units. @param {number} x @param {number} y @param {number} reach */
  clusterAt(x, y, reach) {
    return this.#scene && this.#rings.contentAt(this.#scene.arrangement.spots, x, y, reach);
  }

  /** @param {number} x @param {number} y @param {number} reach */
  countryAt(x, y, reach) {
    return chipAt(this.#chips, x, y, reach)?.country ?? null;
  }

  reserved() {
    /** @type {number[]} */
    const boxes = [];
    this.#eachBox((...box) => boxes.push(...box));
    for (const { box } of [...this.#chips, ...this.#names]) boxes.push(...box);
    return Float32Array.from(boxes);
  }

  /** @param {(left: number, top: number, right: number, bottom: number) => void} use */
  #eachBox(use) {
    const [marks, rings] = [this.#marks, this.#rings];
    for (let i = 0; i < marks.count; i += 1) {
      const half = marks.size[i] / 2;
      use(marks.x[i] - half, marks.y[i] - half, marks.x[i] + half, marks.y[i] + half);
    }
    for (const { x, y } of marks.piles) use(x - WIDTH / 2, y - HEIGHT / 2 - 6, x + WIDTH / 2, y + HEIGHT / 2);
    for (let i = 0; i < rings.count; i += 1) {
      const half = rings.half[i];
      use(rings.x[i] - half, rings.y[i] - half, rings.x[i] + half, rings.y[i] + half);
    }
  }

  /**
   * What is drawn, as texts for tests; a place is moved by dx, dy from the canvas to the map's container.
   * @param {number} dx @param {number} dy @returns {Record<string, string>}
   */
  told(dx, dy) {
    const at = (/** @type {number} */ x, /** @type {number} */ y) => ({ x: Math.round(x - dx), y: Math.round(y - dy) });
    const rings = Array.from({ length: this.#rings.count }, (_none, i) => i);
    const { fans, piles } = this.#marks;
    const middle = (/** @type {import("./placement.js").Box} */ box) => at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2);
    return {
      marks: String(this.#marks.count),
      clusters: JSON.stringify(rings.map((i) => ({ ...at(this.#rings.x[i], this.#rings.y[i]), count: this.#rings.size(i) }))),
      fans: JSON.stringify(fans.map(({ x, y, first, last }) => ({ ...at(x, y), count: last - first }))),
      piles: JSON.stringify(piles.map(({ x, y, count }) => ({ ...at(x, y), count }))),
      chips: JSON.stringify(this.#chips.map(({ country: { iso, rows }, box }) => ({ iso, ...middle(box), count: rows.length }))),
      labels: JSON.stringify(this.#names.map(({ text, box }) => ({ text, ...middle(box) }))),
      dotted: this.rough.dotted.map(({ iso }) => iso).join(" "),
      rings: String(this.rough.rings),
    };
  }
}
