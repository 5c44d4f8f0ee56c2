// Which projects' names stand on the map? From near on, those for which there is room, the largest first.

import { placeLabels } from "./placement.js";
import { LARGEST } from "./sizes.js";

/** @typedef {import("./crowds.js").Brush} Brush */
/** @typedef {import("./marks.js").Marks} Marks */
/** @typedef {import("./placement.js").Taken} Taken */
/** @typedef {import("./placement.js").Box} Box */
/** @typedef {{text: string, box: Box}} Name */

export const FROM_ZOOM = 8;
const HEIGHT = 16;
const LONGEST = 34; // letters
const MOST = 300; // names that are tried

/** @param {Brush} brush @param {Marks} marks @param {string[]} names @param {number | null} selected @param {Taken} taken @returns {Name[]} */
export function placeNames({ ctx, palette }, marks, names, selected, taken) {
  ctx.font = font(palette);
  const candidates = firstOf(marks, selected).map(({ mark, priority }) => {
    const text = shortened(names[marks.row[mark]]);
    const width = ctx.measureText(text).width + 4;
    return { what: text, priority, places: placesBeside(marks.x[mark], marks.y[mark], marks.size[mark] / 2 + 3, width) };
  });
  return placeLabels(candidates, taken).map(({ what, box }) => ({ text: what, box }));
}

/** @param {Marks} marks @param {number | null} selected */
function firstOf(marks, selected) {
  const found = [];
  for (let mark = 0; mark < marks.count; mark += 1)
    found.push({ mark, priority: marks.row[mark] === selected ? 2 * LARGEST : marks.size[mark] });
  return found.sort((a, b) => b.priority - a.priority).slice(0, MOST);
}

/** Right, left, under and over a symbol. @param {number} x @param {number} y @param {number} away @param {number} width @returns {Box[]} */
function placesBeside(x, y, away, width) {
  const half = HEIGHT / 2;
  return [
    [x + away, y - half, x + away + width, y + half],
    [x - away - width, y - half, x - away, y + half],
    [x - width / 2, y + away, x + width / 2, y + away + HEIGHT],
    [x - width / 2, y - away - HEIGHT, x + width / 2, y - away],
  ];
}

/** @param {string} name */
function shortened(name) {
  const letters = [...name];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("").trimEnd()}…` : name;
}

/** @param {import("./palette.js").Palette} palette */
function font(palette) {
  return `500 12px ${palette.font}`;
}

/** @param {Brush} brush @param {Name[]} names */
export function paintNames({ ctx, palette }, names) {
  ctx.font = font(palette);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 3;
  ctx.strokeStyle = palette.halo;
  ctx.fillStyle = palette.ink;
  for (const { text, box } of names) {
    const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
  }
}
