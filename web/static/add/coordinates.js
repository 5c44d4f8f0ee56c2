// Which place do coordinates mean, in whatever notation people paste them, or the link of a map?

import { pairOf } from "./numbers.js";

/** Degrees (WGS 84) as texts; not `sure` where it could mean something else. @typedef {{lat: string, lon: string, sure: boolean}} Pair */

const NUMBER = String.raw`([+-]?\d{1,3}(?:\.\d+)?)`;
/** Where the links of maps have coordinates, latitude first unless it is said. @type {{form: RegExp, isTurned?: boolean}[]} */
const LINKS = [
  { form: new RegExp(`!3d${NUMBER}!4d${NUMBER}`) },
  { form: new RegExp(String.raw`yandex\.[^#]*[?&]ll=${NUMBER}(?:,|%2C)${NUMBER}`, "i"), isTurned: true },
  { form: new RegExp(`[?&]mlat=${NUMBER}&mlon=${NUMBER}`) },
  { form: new RegExp(`/@${NUMBER},${NUMBER}`) },
  { form: new RegExp(String.raw`[?&](?:q|query|ll|center|destination|daddr|viewpoint)=(?:loc:)?${NUMBER}(?:,|%2C)\s*${NUMBER}`, "i") },
  { form: new RegExp(String.raw`[?&]cp=${NUMBER}~${NUMBER}`) },
  { form: new RegExp(String.raw`#(?:map=)?\d{1,2}(?:\.\d+)?/${NUMBER}/${NUMBER}`) },
  { form: new RegExp(`^geo:${NUMBER},${NUMBER}`, "i") },
];
/** Words for the four ways, longer ones first; a Spanish, Portuguese or French O is west. @type {[RegExp, string][]} */
const WAYS = [
  [/с\.?\s*ш\.?|北纬|\bn(?:orte|orth|ord)\b/giu, "N"],
  [/ю\.?\s*ш\.?|南纬|\bs(?:ur|outh|ul|ud)\b/giu, "S"],
  [/в\.?\s*д\.?|东经|\be(?:ste|ast|st)\b/giu, "E"],
  [/з\.?\s*д\.?|西经|\b(?:oeste|west|ouest)\b/giu, "W"],
  [/(?<![a-z])o(?![a-z])/gi, "W"],
];
const GRID = /^\d{1,2}\s*[C-HJ-NP-X]\s*(?:[A-Z]{2}\s*\d[\d ]{3,14}|\d{6}[\d.,]*\s*m?E?\s*[,;]?\s*\d{6,8}[\d.,]*\s*m?N?)$/i;

/** The place that a text means; null where it means none. @param {string} text @returns {Pair | null} */
export function coordinatesIn(text) {
  const typed = text.trim();
  if (/^(?:https?|geo):|^www\./i.test(typed)) return inLink(typed);
  const spoken = withLetters(typed);
  return inRange(pairOf(spoken) ?? inMinutes(spoken));
}

/** Is it a place of a grid (UTM, MGRS), which is not read here? @param {string} text */
export function isOfGrid(text) {
  return GRID.test(text.trim());
}

/** @param {string} link @returns {Pair | null} */
function inLink(link) {
  for (const { form, isTurned } of LINKS) {
    const match = form.exec(link);
    if (match) return inRange(isTurned ? { lat: match[2], lon: match[1], sure: true } : { lat: match[1], lon: match[2], sure: true });
  }
  return null;
}

/** @param {Pair | null} pair */
function inRange(pair) {
  return pair && Math.abs(Number(pair.lat)) <= 90 && Math.abs(Number(pair.lon)) <= 180 ? pair : null;
}

/** @param {string} text */
function withLetters(text) {
  const signs = text.replace(/[\u2010-\u2015\u2212]/g, "-").replace(/[′’‘´`分]/g, "'").replace(/[″”“秒]|''/g, '"').replace(/[º˚度]/g, "°");
  return WAYS.reduce((said, [words, letter]) => said.replace(words, letter), signs).replace(/，/g, ",").trim();
}

/** Two sides of a pair: letters before, letters behind, or signs of degrees. */
const BEFORE = /^([NSEW])([^NSEW]+?)[\s,;]*([NSEW])([^NSEW]+)$/i;
const BEHIND = /^([^NSEW]+?)([NSEW])[\s,;]*([^NSEW]+?)([NSEW])$/i;
const SIGNS = /^([+-]?\d+\s*°[^°]*?['"°]?)\s*[,;\s]\s*([+-]?\d+\s*°[^°]*)$/;

/** Degrees and minutes, with seconds or without. @param {string} text @returns {Pair | null} */
function inMinutes(text) {
  const before = BEFORE.exec(text);
  if (before) return pairOfSides([before[2], before[1]], [before[4], before[3]]);
  const behind = BEHIND.exec(text);
  if (behind) return pairOfSides([behind[1], behind[2]], [behind[3], behind[4]]);
  const signs = SIGNS.exec(text);
  return signs && pairOfSides([signs[1], "N"], [signs[2], "E"]);
}

/** @param {[string, string]} one @param {[string, string]} other @returns {Pair | null} */
function pairOfSides(one, other) {
  const [first, second] = /[EW]/i.test(one[1]) ? [other, one] : [one, other];
  const [lat, lon] = [degrees(first[0], first[1].toUpperCase()), degrees(second[0], second[1].toUpperCase())];
  const isPair = /[NS]/i.test(first[1]) && /[EW]/i.test(second[1]);
  return isPair && lat !== null && lon !== null ? { lat: String(lat), lon: String(lon), sure: true } : null;
}

/** `20° 27' 36"` as degrees, to the metre. @param {string} text @param {string} letter */
function degrees(text, letter) {
  const isFormed = /^\s*[+-]?\d{1,3}(?:[.,]\d+)?(?:[\s°:'"]+\d{1,2}(?:[.,]\d+)?){0,2}[\s°:'"]*$/.test(text);
  const [whole = "", minutes = "0", seconds = "0"] = text.match(/[+-]?\d+(?:[.,]\d+)?/g) ?? [];
  const [d, m, s] = [whole, minutes, seconds].map((part) => Number(part.replace(",", ".")));
  if (!isFormed || m >= 60 || s >= 60 || (minutes !== "0" && !Number.isInteger(d))) return null;
  const isNegative = whole.startsWith("-") || "SW".includes(letter);
  return Number(((isNegative ? -1 : 1) * (Math.abs(d) + m / 60 + s / 3600)).toFixed(5));
}

/** One coordinate with minutes as degrees; null where it is none of this axis. @param {string} text @param {import("./numbers.js").Axis} axis */
export function oneIn(text, axis) {
  const match = /^([NSEW]?)([^NSEW]*°[^NSEW]*|(?<=[NSEW])[^NSEW]+|[^NSEW]+(?=[NSEW]))([NSEW]?)$/i.exec(withLetters(text.trim()));
  const letter = match ? (match[1] || match[3]).toUpperCase() : "";
  if (!match || (match[1] && match[3]) || (letter && !(axis === "lat" ? "NS" : "EW").includes(letter))) return null;
  const found = degrees(match[2], letter || "N");
  return found === null ? null : String(found);
}
