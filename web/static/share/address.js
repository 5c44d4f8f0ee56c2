// Which addresses and names does the present choice have, to cite, embed and take it away?

import { FOLDER, IS_PUBLISHED, mapAddress, ROOT } from "../base/root.js";
import { filterParameters } from "../find/url.js";

/** @typedef {import("../find/choices.js").Choices} Choices */
/** @typedef {import("../find/url.js").Known["groups"]} Groups */
/** A format of files: the name by which the API is asked for it, and the ending of its files. @typedef {{name: string, ending: string}} Form */

/** Width and height of an embedded map, as HTML has them. @type {Record<string, [string, string]>} */
export const SIZES = { small: ["480", "360"], medium: ["800", "500"], wide: ["100%", "600"] };

const MOST_LETTERS = 120;

/** @param {Choices} choices @param {Groups} groups */
function asked(choices, groups) {
  return [...filterParameters(choices, groups), ...(choices.as_of ? [["as_of", choices.as_of]] : [])];
}

/** The formats that the server makes, as the page names them: `csv:csv geojsonfile:geojson`. @param {string | undefined} named @returns {Form[]} */
export function formsOf(named) {
  return (named ?? "").split(" ").filter(Boolean).map((each) => {
    const [name, ending] = each.split(":");
    return { name, ending };
  });
}

/** The address of exactly the records that are chosen. @param {Choices} choices @param {Groups} groups @param {Form} form */
export function downloadAddress(choices, groups, form) {
  return `${ROOT}/api/collections/projects/items?${new URLSearchParams([["f", form.name], ...asked(choices, groups)])}`;
}

/** The endings of citations among files. @type {Record<string, string>} */
const CITED = { text: "txt", bibtex: "bib", ris: "ris", csl: "json" };

/** Among files there is the citation of all records. @param {Choices} choices @param {Groups} groups @param {string} form */
export function citeAddress(choices, groups, form) {
  if (IS_PUBLISHED) return `${ROOT}/${FOLDER}cite.${CITED[form]}`;
  return `${ROOT}/cite?${new URLSearchParams([["f", form], ...asked(choices, groups)])}`;
}

/** Where every change of what is chosen is told, as a page and to feed readers. @param {Choices} choices @param {Groups} groups @param {string} language */
export function changesAddress(choices, groups, language) {
  return `${ROOT}/api/changes?${new URLSearchParams([["f", "html"], ["lang", language], ...asked(choices, groups)])}`;
}

/**
 * The code that shows this view on another page, in the language in which it is shown here.
 * @param {{page: string, language: string, hash: string}} view @param {string} size @param {string} title
 */
export function embedCode({ page, language, hash }, size, title) {
  const [width, height] = SIZES[size] ?? SIZES.medium;
  const attributes = { src: new URL(mapAddress("embed", language, ""), page).href + hash, title, width, height, loading: "lazy", style: "border: 0", allow: "fullscreen" };
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${escaped(value)}"`);
  return `<iframe ${written.join(" ")}></iframe>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * The name of a file by what was chosen and the day, as the server names its own:
 * the product's, what was asked for, the day: `…-country-BO-as-of-2024-2026-11-26.png`.
 * @param {string} product @param {Choices} choices @param {Groups} groups @param {string} ending @param {Date} [day]
 */
export function fileName(product, choices, groups, ending, day = new Date()) {
  const told = [product, ...asked(choices, groups).flat().map(plain)].join("-").slice(0, MOST_LETTERS);
  return `${told.replace(/-+/g, "-").replace(/^-|-$/g, "")}-${day.toISOString().slice(0, 10)}.${ending}`;
}

/** @param {string} value */
function plain(value) {
  return value.normalize("NFKD").replace(/\p{M}+/gu, "").replace(/[^A-Za-z0-9]+/g, "-");
}
