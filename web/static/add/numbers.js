// Which number or day does a text mean, however people write it? What could mean two things stays as it is.

import { say } from "../base/texts.js";

/** @typedef {"lat" | "lon"} Axis */

const LETTERS = { lat: "NS", lon: "EW" };
const NUMBER = String.raw`[+-]?\d+(?:[.,]\d+)?`;
const PART = String.raw`((?:[NSEW]\s*${NUMBER}|${NUMBER}\s*[NSEW]?))`;
const PAIR = new RegExp(String.raw`^${PART}(\s*;\s*|\s*,\s+|\s+|,)${PART}$`);
const ONE = /^([NSEW]?)\s*([+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+))\s*([NSEW]?)$/;
const GROUPED = /^[+-]?\d{1,3}([.,\u00a0\u202f' ]\d{3})+$/;
const ONE_GROUP = /^([+-]?\d{1,3})[.,](\d{3})$/;

/** Every kind of minus becomes one, degree signs and brackets go. @param {string} text */
function plain(text) {
  const signs = text.replace(/[\u2010-\u2015\u2212\ufe63\uff0d]/g, "-").replace(/[°º]/g, " ");
  return signs.trim().replace(/^[([]\s*|\s*[)\]]$/g, "").trim().toUpperCase();
}

/**
 * `24,78 S` becomes `-24.78`; null when it is no number of degrees on this axis.
 * @param {string} text @param {Axis} axis
 */
export function plainDegrees(text, axis) {
  const match = ONE.exec(plain(text));
  if (!match) return null;
  const letter = match[1] + match[3];
  const number = match[2].replace(",", ".").replace(/^\+/, "");
  if (letter.length > 1 || !LETTERS[axis].includes(letter)) return null;
  if (letter !== "S" && letter !== "W") return letter && number.startsWith("-") ? null : number;
  return number.startsWith("-") ? number : `-${number}`;
}

/** The degrees that the map and the record take; NaN where there are none. @param {string} text @param {Axis} axis */
export function degreesOf(text, axis) {
  const number = plainDegrees(text, axis);
  return number === null ? NaN : Number(number);
}

/**
 * Both coordinates from one text, such as `-24.78, -65.41` or `24.78 S, 65.41 W`; null when it is no pair.
 * `sure` is false where only a blank parts them, which could also be degrees and minutes.
 * @param {string} text @returns {{lat: string, lon: string, sure: boolean} | null}
 */
export function pairOf(text) {
  const match = PAIR.exec(plain(text));
  if (!match) return null;
  const [, first, separator, second] = match;
  if (separator === "," && !(first.includes(".") && second.includes("."))) return null;
  const [north, east] = /[EW]/.test(first) ? [second, first] : [first, second];
  const [lat, lon] = [plainDegrees(north, "lat"), plainDegrees(east, "lon")];
  const sure = /[,;]/.test(separator) || /[NSEW]/.test(first + second);
  return lat !== null && lon !== null ? { lat, lon, sure } : null;
}

/**
 * What to write instead of `20,000`, which one reads as 20 and another as 20000; "" when it is clear.
 * @param {string} text
 */
export function groupingAdvice(text) {
  if (!GROUPED.test(text) || /^[+-]?0/.test(text)) return "";
  const number = text.replace(/[^\d-]/g, "");
  const group = ONE_GROUP.exec(text);
  if (!group) return say("form.without_separators", { number });
  return say("form.without_separators_or_decimals", { number, decimals: `${group[1]}.${group[2]}0` });
}

/** A number with a decimal point or comma, or the text as it is, so that the server refuses it. @param {string} text */
export function numberOf(text) {
  const number = text.replace(",", ".");
  return text !== "" && Number.isFinite(Number(number)) && !groupingAdvice(text) ? Number(number) : text;
}

/**
 * `20240326`, `26.03.2024`, `26/03/2024` and `2024年3月26日` become `2024-03-26`; `03/04/2024`, which is read in two
 * ways, stays.
 * @param {string} text
 */
export function isoDate(text) {
  const trimmed = text.trim();
  const chinese = /^(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?$/.exec(trimmed);
  if (chinese) return chinese.slice(1).filter(Boolean).map((part) => part.padStart(2, "0")).join("-");
  const yearFirst = /^(\d{4})([./]?)(\d{2})\2(\d{2})$/.exec(trimmed);
  if (yearFirst) return dateOf(yearFirst[1], yearFirst[3], yearFirst[4]) ?? trimmed;
  const dayFirst = /^(\d{1,2})([./])(\d{1,2})\2(\d{4})$/.exec(trimmed);
  if (!dayFirst) return trimmed;
  const [, day, separator, month, year] = dayFirst;
  const twoWays = separator === "/" && Number(day) <= 12 && Number(day) !== Number(month);
  return (twoWays ? null : dateOf(year, month, day)) ?? trimmed;
}

/** @param {string} year @param {string} month @param {string} day */
function dateOf(year, month, day) {
  const isDate = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  return isDate ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : null;
}
