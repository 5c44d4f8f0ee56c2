// Which place do coordinates mean, in whatever notation people paste them, or the address of a map? And if none, why not?

import { onGrid } from "./grids.js";
import { inLink, isLink } from "./links.js";
import { pairOf, plainDegrees } from "./numbers.js";
import { say } from "../base/texts.js";

/** Degrees (WGS 84) as texts; not `sure` where it could mean something else. @typedef {{lat: string, lon: string, sure: boolean}} Pair */
/** Why a text is no place, though it is about one. @typedef {{rule: string, values?: Record<string, string | number>}} Refusal */
/** null where a text is about no coordinates. @typedef {Pair | Refusal | null} Read */

const NUMBER = String.raw`([+-]?\d{1,3}(?:\.\d+)?)`;
/** Words for the four ways, longer ones first; a Spanish, Portuguese or French O is west. @type {[RegExp, string][]} */
const WAYS = [
  [/[сc]\.?\s*ш\.?|северной широты|北纬|北緯|\bn(?:orte|orth|ord)\b/giu, "N"],
  [/ю\.?\s*ш\.?|южной широты|南纬|南緯|\bs(?:ur|outh|ul|ud)\b/giu, "S"],
  [/[вb]\.?\s*д\.?|восточной долготы|东经|東經|\be(?:ste|ast|st)\b/giu, "E"],
  [/з\.?\s*д\.?|западной долготы|西经|西經|\b(?:oeste|west|ouest)\b/giu, "W"],
  [/(?<![a-z])o(?![a-z])/gi, "W"],
];
const LATITUDE = /(?<!\p{L})(?:lat(?:itude?|itud)?\.?|широта)(?!\p{L})|纬度/iu;
const LONGITUDE = /(?<!\p{L})(?:l(?:on|ng)(?:gitude?|gitud)?\.?|долгота)(?!\p{L})|经度/iu;
/** Longitude first, as WKT and GeoJSON have it. */
const TURNED = [new RegExp(String.raw`\bPOINT\s*\(\s*${NUMBER}\s+${NUMBER}\s*\)`, "i"), new RegExp(String.raw`"coordinates"\s*:\s*\[\s*${NUMBER}\s*,\s*${NUMBER}`)];
/** ISO 6709 in degrees, as cameras write it. */
const ISO_6709 = new RegExp(String.raw`^([+-]\d{2}(?:\.\d+)?)([+-]\d{3}(?:\.\d+)?)/?$`);

/** The place that a text means; null where it means none. @param {string} text @returns {Pair | null} */
export function coordinatesIn(text) {
  const found = read(text);
  return found && "lat" in found ? found : null;
}

/** What would be right, for a text that is about coordinates and means no place; "" for any other. @param {string} text */
export function adviceFor(text) {
  const found = read(text);
  return found && "rule" in found ? say(`form.place_${found.rule}`, found.values ?? {}) : "";
}

/** @param {string} text @returns {Read} */
function read(text) {
  const typed = text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)).trim();
  const found = isLink(typed) ? inLink(typed) : onGrid(typed) ?? lettered(typed) ?? inDegrees(withLetters(typed));
  return found && "lat" in found ? inRange(found) : found;
}

/** @param {Pair} pair @returns {Read} */
function inRange(pair) {
  const [lat, lon] = [Number(pair.lat), Number(pair.lon)];
  if (Math.abs(lat) <= 90 && Math.abs(lon) <= 180) return pair;
  const isTurned = Math.abs(lon) <= 90 && Math.abs(lat) <= 180;
  return isTurned ? { rule: "turned", values: { lat: pair.lon, lon: pair.lat } } : { rule: "range" };
}

/** @param {string} text */
function withLetters(text) {
  const signs = text.replace(/[\u2010-\u2015\u2212]/g, "-").replace(/[′’‘´`分]/g, "'").replace(/[″”“秒]|''/g, '"').replace(/[º˚度]/g, "°");
  return WAYS.reduce((said, [words, letter]) => said.replace(words, letter), signs).replace(/[，、]/g, ",").trim();
}

/** Coordinates that say themselves which is which. @param {string} text @returns {Read} */
function lettered(text) {
  for (const form of TURNED) {
    const match = form.exec(text);
    if (match) return { lat: match[2], lon: match[1], sure: true };
  }
  const iso = ISO_6709.exec(text);
  if (iso) return { lat: String(Number(iso[1])), lon: String(Number(iso[2])), sure: true };
  const [lat, lon] = [LATITUDE.exec(text), LONGITUDE.exec(text)];
  return lat && lon && labelled(text, lat, lon);
}

/** @param {string} text @param {RegExpExecArray} lat @param {RegExpExecArray} lon @returns {Read} */
function labelled(text, lat, lon) {
  const [latitude, longitude] = [sideOf(text, lat, lon), sideOf(text, lon, lat)];
  const north = plainDegrees(latitude, "lat") ?? oneIn(latitude, "lat");
  const east = plainDegrees(longitude, "lon") ?? oneIn(longitude, "lon");
  return north !== null && east !== null ? { lat: north, lon: east, sure: true } : { rule: "unclear" };
}

/** What stands behind a label. @param {string} text @param {RegExpExecArray} label @param {RegExpExecArray} other */
function sideOf(text, label, other) {
  const end = other.index > label.index ? other.index : text.length;
  return withLetters(text.slice(label.index + label[0].length, end)).replace(/^[\s:=]+|[\s,;]+$/g, "");
}

/** @param {string} text @returns {Read} */
function inDegrees(text) {
  return pairOf(text) ?? inMinutes(text) ?? refusalOf(text);
}

/** Why a text of numbers, signs and the letters of the four ways is no pair. @param {string} text @returns {Refusal | null} */
function refusalOf(text) {
  const numbers = text.match(/\d+(?:[.,]\d+)?/g) ?? [];
  const ways = text.match(/[NSEW]/gi) ?? [];
  if (/[^\d\s.,;:+\-°'"NSEW/()[\]]/i.test(text) || numbers.length < 2) return null;
  if (/(?:[6-9]\d(?:[.,]\d+)?\s*['"])/.test(text)) return { rule: "minutes" };
  if (ways.length === 2 && (ways.every((way) => /[NS]/i.test(way)) || ways.every((way) => /[EW]/i.test(way)))) return { rule: "sides" };
  return { rule: "unclear" };
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
