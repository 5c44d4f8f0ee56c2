// How are the names of the ground written, so that none lies over another or over a symbol?

import { coloursOfGround } from "./colours.js";
import { placeLabels, Taken } from "../map/placement.js";

/** @typedef {import("../map/frame.js").Frame} Frame */
/** @typedef {import("../map/placement.js").Box} Box */
/** @typedef {import("./places.js").Name} Name */
/** @typedef {{font: string, spacing: string, isUpper: boolean}} Style */
/** @typedef {{name: Name, lines: string[], style: Style, height: number, boxes: Box[], isDotted: boolean}} Label */

const TOWN_SIZES = [13.5, 12.5, 12, 11.5, 11]; // pixels, by rank
const BESIDE = 4; // boxes that hold the dot too
const AWAY = [12, 22, 32, 48, 64]; // pixels
const SHIFTS = [0, -18, 18, -34, 34, -50, 50]; // pixels
const DOT = 2.2; // pixels: the radius of a town's dot
const APART = 7; // pixels that a label keeps from the next
const MOST_WIDTHS = 20_000; // that are kept
const LINE = 1.2; // the height of a line, in sizes of its letters

/**
 * Writes the names that find room, the first before the others, and returns them with their boxes.
 * @param {CanvasRenderingContext2D} ctx @param {Frame} frame @param {Name[]} names
 * @param {Float64Array | null} boxes that are taken: left, top, right, bottom and so on, in pixels of the world
 */
export function paintLabels(ctx, frame, names, boxes) {
  const colours = coloursOfGround();
  const taken = takenOf(frame, boxes ?? new Float64Array());
  const labels = names.map((name) => labelOf(ctx, name, colours.font)).filter((label) => label !== null);
  const placed = placeLabels(labels.map((what, i) => ({ what, places: what.boxes, priority: -i })), taken); // prettier-ignore
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  for (const { what, box } of placed) write(ctx, what, box, colours);
  return placed;
}

/** @param {Frame} frame @param {Float64Array} boxes */
function takenOf(frame, boxes) {
  const taken = new Taken(frame.width, frame.height);
  for (let i = 0; i < boxes.length; i += 4)
    taken.add(boxes[i] - frame.left, boxes[i + 1] - frame.top, boxes[i + 2] - frame.left, boxes[i + 3] - frame.top);
  return taken;
}

/**
 * The label, or null where the name does not fit.
 * @param {CanvasRenderingContext2D} ctx @param {Name} name @param {string} font @returns {Label | null}
 */
function labelOf(ctx, name, font) {
  const size = sizeOf(name);
  const style = styleOf(name, size, font);
  const text = style.isUpper ? name.text.toLocaleUpperCase("en") : name.text;
  const lines = widthOf(ctx, text, style) <= name.room ? [text] : inTwo(text);
  const width = Math.max(...lines.map((line) => widthOf(ctx, line, style)));
  if (width > name.room) return null;
  const height = size * LINE;
  const isDotted = name.kind === "town";
  const boxes = isDotted ? namings(name, width, height) : shifted(name, width, height * lines.length);
  return { name, lines, style, height, boxes, isDotted };
}

/** @param {Name} name */
function sizeOf({ kind, rank, room }) {
  if (kind === "town") return TOWN_SIZES[rank];
  if (kind === "country") return room > 500 ? 14 : room > 160 ? 12 : 10.5;
  return kind === "lake" ? 11 : 10.5;
}

/** @param {Name} name @param {number} size @param {string} font @returns {Style} */
function styleOf({ kind }, size, font) {
  const weight = kind === "country" ? 600 : 500;
  const isUpper = kind === "country" || kind === "province";
  const spacing = `${(isUpper ? size / 10 : 0).toFixed(1)}px`;
  return { font: `${kind === "lake" ? "italic " : ""}${weight} ${size}px ${font}`, spacing, isUpper };
}

/**
 * Measuring takes longer than all else, so it is done once.
 * @param {CanvasRenderingContext2D} ctx @param {string} text @param {Style} style
 */
function widthOf(ctx, text, style) {
  const key = `${style.font} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    setStyle(ctx, style);
    width = ctx.measureText(text).width;
    if (widths.size > MOST_WIDTHS) widths.clear();
    widths.set(key, width);
  }
  return width;
}

/** @type {Map<string, number>} */
const widths = new Map();

/** @param {CanvasRenderingContext2D} ctx @param {Style} style */
function setStyle(ctx, style) {
  ctx.font = style.font;
  if ("letterSpacing" in ctx) ctx.letterSpacing = style.spacing;
}

/** The text in two lines, as even as its words allow. @param {string} text */
export function inTwo(text) {
  const words = text.split(" ");
  if (words.length < 2) return [text];
  const cuts = words.slice(1).map((_word, i) => [words.slice(0, i + 1).join(" "), words.slice(i + 1).join(" ")]);
  const longest = (/** @type {string[]} */ lines) => Math.max(...lines.map((line) => line.length));
  return cuts.reduce((best, cut) => (longest(cut) < longest(best) ? cut : best));
}

/**
 * In the middle of what it names; a country's name may give way upwards and downwards.
 * @param {Name} name @param {number} width @param {number} height @returns {Box[]}
 */
function shifted({ kind, x, y, room }, width, height) {
  const steps = kind === "country" ? SHIFTS.filter((step) => Math.abs(step) < room / 6) : [0];
  const half = width / 2 + APART;
  return steps.map((step) => [x - half, y + step - height / 2 - 2, x + half, y + step + height / 2 + 2]);
}

/** @param {Name} name @param {number} width @param {number} height */
function namings(name, width, height) {
  return [...besides(name, width, height), ...awayFrom(name, width, height)];
}

/**
 * Right of the dot, left, above, below; each box holds dot and name.
 * @param {Name} name @param {number} width @param {number} height @returns {Box[]}
 */
function besides({ x, y }, width, height) {
  const [half, gap] = [height / 2, DOT + 3];
  return [
    [x - DOT - APART, y - half, x + gap + width + APART, y + half],
    [x - gap - width - APART, y - half, x + DOT + APART, y + half],
    [x - width / 2 - APART, y - gap - height, x + width / 2 + APART, y + DOT],
    [x - width / 2 - APART, y - DOT, x + width / 2 + APART, y + gap + height],
  ];
}

/**
 * A town whose dot lies under symbols is named a little further off, without the dot.
 * @param {Name} name @param {number} width @param {number} height @returns {Box[]}
 */
function awayFrom({ x, y, reach }, width, height) {
  return AWAY.filter((away) => away <= reach).flatMap((away) => [-away, away]).map((away) => {
    const centre = y + away + (Math.sign(away) * height) / 2;
    return [x - width / 2 - 2, centre - height / 2, x + width / 2 + 2, centre + height / 2];
  });
}

/** @param {CanvasRenderingContext2D} ctx @param {Label} label @param {Box} box @param {import("./colours.js").Colours} colours */
function write(ctx, label, box, colours) {
  const { name, lines, height } = label;
  setStyle(ctx, label.style);
  ctx.strokeStyle = name.kind === "lake" ? colours.waterHalo : colours.halo;
  ctx.fillStyle = colours.names[name.kind];
  ctx.lineWidth = 3;
  ctx.textAlign = "center";
  const { x, y } = label.isDotted ? middleOf(label, box) : { x: name.x, y: (box[1] + box[3]) / 2 };
  lines.forEach((line, i) => {
    const at = y + (i - (lines.length - 1) / 2) * height;
    ctx.strokeText(line, x, at);
    ctx.fillText(line, x, at);
  });
  if (label.isDotted && label.boxes.indexOf(box) < BESIDE) dot(ctx, name, colours);
}

/** The middle of a town's name within its box. @param {Label} label @param {Box} box */
function middleOf({ name, boxes, height }, box) {
  const way = boxes.indexOf(box);
  if (way >= BESIDE) return { x: name.x, y: (box[1] + box[3]) / 2 };
  const width = boxes[0][2] - boxes[0][0] - 2 * APART - 2 * DOT - 3;
  const shift = DOT + 3 + width / 2;
  if (way < 2) return { x: name.x + (way === 0 ? shift : -shift), y: name.y };
  return { x: name.x, y: name.y + (DOT + 3 + height / 2) * (way === 2 ? -1 : 1) };
}

/** @param {CanvasRenderingContext2D} ctx @param {Name} name @param {import("./colours.js").Colours} colours */
function dot(ctx, { x, y, rank }, colours) {
  ctx.beginPath();
  ctx.arc(x, y, rank < 2 ? DOT : DOT - 0.5, 0, 2 * Math.PI);
  ctx.lineWidth = 2.5;
  ctx.stroke();
  ctx.fillStyle = colours.names.town;
  ctx.fill();
}
