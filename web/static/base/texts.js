// What does the page say, in the reader's language? The texts come with the page; plurals, numbers, dates and lists are
// the browser's, by the same CLDR as the server's (web/language.py).

/** A text with `{name}` for values, or several by plural category of `count`. @typedef {string | Record<string, string>} Text */
/** @typedef {Record<string, string | number>} Values */

/** @type {Record<string, Text>} */
let texts = {};
let language = "en";
let locale = "en-GB";
/** Made when they are first asked for: that takes long. @type {Intl.PluralRules | null} */
let plurals = null;
/** @type {Intl.NumberFormat | null} */
let numbers = null;

/** By how many of year, month and day are known. @type {Record<number, Intl.DateTimeFormatOptions>} */
const DATES = {
  1: { year: "numeric" },
  2: { year: "numeric", month: "short" },
  3: { year: "numeric", month: "short", day: "numeric" },
};

/** Takes the texts that the page carries in `#texts`. */
export function readTexts() {
  const element = document.getElementById("texts");
  if (element) setTexts(JSON.parse(element.textContent ?? "{}"), document.documentElement.lang || "en");
}

/** @param {Record<string, Text>} given @param {string} code */
export function setTexts(given, code) {
  [texts, language] = [given, code];
  locale = code === "en" ? "en-GB" : code;
  [plurals, numbers] = [null, null];
}

export function languageOf() {
  return language;
}

/** @param {string} key */
export function has(key) {
  return key in texts;
}

/** The text of a key such as `find.clear`, with its values filled in. @param {string} key @param {Values} [values] */
export function say(key, values = {}) {
  const text = texts[key] ?? key;
  const chosen = typeof text === "string" ? text : (text[pluralOf(Number(values.count))] ?? text.other);
  return chosen.replace(/\{(\w+)\}/g, (_whole, name) => shown(values[name]));
}

/** @param {number} value */
export function numberText(value) {
  numbers ??= new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
  return numbers.format(value);
}

/** @param {number} count */
function pluralOf(count) {
  plurals ??= new Intl.PluralRules(locale);
  return plurals.select(count);
}

/** A large number in the language's short words: `2.7bn`. @param {number} value @param {number} digits */
export function compactText(value, digits) {
  return new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: digits }).format(value);
}

/** `2024-03-26` as `26 Mar 2024`, `2024-03` as `Mar 2024`, none as "". @param {string | null | undefined} date */
export function dateText(date) {
  if (!date) return "";
  const [year, month = 1, day = 1] = date.slice(0, 10).split("-").map(Number);
  const known = Math.min(3, date.split("-").length);
  const format = new Intl.DateTimeFormat(locale, { ...DATES[known], timeZone: "UTC" });
  return format.format(new Date(Date.UTC(year, month - 1, day)));
}

/** `a, b and c`, or `a, b or c`. @param {string[]} words @param {"conjunction" | "disjunction"} [type] */
export function listText(words, type = "conjunction") {
  return new Intl.ListFormat(locale, { type }).format(words);
}

/** @param {string | number | undefined} value */
function shown(value) {
  return typeof value === "number" ? numberText(value) : (value ?? "");
}
