// Which place does a square of a grid mean: UTM, MGRS or a plus code (Open Location Code)?

import { Mgrs, Utm, decode } from "../built/geodesy.js";

/** @typedef {import("./coordinates.js").Read} Read */

const DIGIT = "[23456789CFGHJMPQRVWX]";
const PLUS_CODE = new RegExp(String.raw`^(${DIGIT}{8}\+(?:${DIGIT}{2,7})?)(?:[\s,].*)?$`);
const SHORT_CODE = new RegExp(String.raw`^${DIGIT}{4,6}\+${DIGIT}{2,7}(?:[\s,].*)?$`);
const COARSE_CODE = new RegExp(String.raw`^${DIGIT}{2,6}0{2,6}\+$`);

const MGRS = /^(\d{1,2})\s*([A-Z])\s*([A-Z])\s?([A-Z])\s*(\d*)\s*(\d*)$/;
const BANDS = "CDEFGHJKLMNPQRSTUVWX";
const DEGREES_OF_BAND = 8;

const ZONE = String.raw`(\d{1,2})(?:\s*(N|S|NORTH|NORTE|NORD|SOUTH|SUR|SUL|SUD|[A-Z])(?![A-Z]))?`;
const METRES = String.raw`(\d{6,8}(?:[.,]\d+)?)`;
const NORTHING = String.raw`(\d{1,8}(?:[.,]\d+)?)`; // small near the equator
const ZONE_FIRST = new RegExp(`^${ZONE}[\\s,;]+${METRES}[\\s,;/]+${NORTHING}$`);
const ZONE_LAST = new RegExp(`^${METRES}[\\s,;/]+${NORTHING}[\\s,;]+${ZONE}$`);
const NO_ZONE = new RegExp(`^${METRES}[\\s,;/]+${METRES}$`);
const LABELS = /(?<!\p{L})(?:UTM|WGS\s*-?84|ZONE|ZONA|HUSO|FUSO|ЗОНА|(?:EASTING|NORTHING|ESTE|NORTE|EAST|NORTH|[XYEN])\s*[:=])/gu;
/** What stands behind metres: `mE`, `m N`, and `m S` in Google Earth. */
const UNITS = /(?<=\d{5}(?:[.,]\d+)?)\s*(?:M\s*[ENSO]?|[ENSO])(?![A-Z])\.?/g;
/** Of these northings, `S` may be the band of 32° to 40° north or the southern half. */
const BAND_S = [3_540_000, 4_430_000];

/** What a text means, if it is of a grid; null otherwise. @param {string} text @returns {Read} */
export function onGrid(text) {
  const typed = text.trim().toUpperCase();
  return ofPlusCode(typed) ?? ofMgrs(typed) ?? ofUtm(typed);
}

/** @param {string} text @returns {Read} */
function ofPlusCode(text) {
  if (SHORT_CODE.test(text)) return { rule: "short_code" };
  if (COARSE_CODE.test(text)) return { rule: "coarse" };
  const place = decode(PLUS_CODE.exec(text)?.[1] ?? "");
  return place && pair(place.latitude, place.longitude);
}

/** The middle of the square. @param {string} text @returns {Read} */
function ofMgrs(text) {
  const match = MGRS.exec(text);
  if (!match || match[5] === "") return null;
  const [, zone, band, column, row] = match;
  const [east, north] = halves(match[5], match[6]);
  if (east.length !== north.length || east.length > 5) return { rule: "mgrs_digits" };
  if (east.length < 2) return { rule: "coarse" };
  const size = 10 ** (5 - east.length);
  const [easting, northing] = [east, north].map((digits) => Number(digits) * size + size / 2);
  try {
    const { lat, lon } = new Mgrs(Number(zone), band, column, row, easting, northing).toUtm().toLatLon();
    return isOfBand(lat, band) ? pair(lat, lon) : { rule: "mgrs_square", values: { zone: zone + band, square: column + row } };
  } catch {
    return { rule: "mgrs_square", values: { zone: zone + band, square: column + row } };
  }
}

/** @param {string} first @param {string} second */
function halves(first, second) {
  const middle = Math.ceil(first.length / 2);
  return second ? [first, second] : [first.slice(0, middle), first.slice(middle)];
}

/** @param {string} text @returns {Read} */
function ofUtm(text) {
  const plain = text.replace(LABELS, " ").replace(UNITS, " ").trim();
  if (NO_ZONE.test(plain)) return { rule: "utm_zone" };
  const [first, last] = [ZONE_FIRST.exec(plain), ZONE_LAST.exec(plain)];
  if (first) return inZone(first[1], first[2], first[3], first[4]);
  return last && inZone(last[3], last[4], last[1], last[2]);
}

/** @param {string} zone @param {string | undefined} letter @param {string} one @param {string} other @returns {Read} */
function inZone(zone, letter, one, other) {
  if (!letter) return { rule: "utm_zone" };
  const metres = [one, other].map((number) => Number(number.replace(",", ".")));
  const [easting, northing] = metres[0] >= 1_000_000 ? metres.reverse() : metres; // only northings have seven digits
  if (letter === "S" && northing >= BAND_S[0] && northing <= BAND_S[1]) return { rule: "utm_s", values: { zone } };
  const isNorth = letter.length > 1 ? letter.startsWith("N") : letter >= "N" && letter !== "S";
  try {
    const { lat, lon } = new Utm(Number(zone), isNorth ? "N" : "S", easting, northing).toLatLon();
    const isSo = letter.length > 1 || letter === "N" || letter === "S" || isOfBand(lat, letter);
    return isSo ? pair(lat, lon) : { rule: "utm_range", values: { zone: zone + letter } };
  } catch {
    return { rule: "utm_range", values: { zone: zone + letter } };
  }
}

/** Does a latitude lie in a band, or close to it? The last one goes to 84 degrees. @param {number} lat @param {string} band */
function isOfBand(lat, band) {
  const from = BANDS.indexOf(band) * DEGREES_OF_BAND - 80;
  const height = band === "X" ? 12 : DEGREES_OF_BAND;
  return BANDS.includes(band) && lat > from - 1 && lat < from + height + 1;
}

/** @param {number} lat @param {number} lon @returns {Read} */
function pair(lat, lon) {
  const [north, east] = [lat, lon].map((degrees) => String(Number(degrees.toFixed(5))));
  return { lat: north, lon: east, sure: true };
}
