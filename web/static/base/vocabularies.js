// What are codes called? In the page's language, by the codes and groups that the server's columns come with.

import { has, say } from "./texts.js";

/** @typedef {import("./dataset.js").Term} Term */

/** @param {import("./columns.js").Header} header @returns {import("./dataset.js").Words} */
export function wordsOf(header) {
  /** @type {Record<string, Term[]>} */
  const vocabularies = {};
  for (const [name, codes] of Object.entries(/** @type {Record<string, string[]>} */ (header.codes)))
    vocabularies[name] = codes.map((code, at) => term(name, code, header.groups[name]?.[at] ?? ""));
  const countries = header.codes.country.map((/** @type {string} */ code) => [code, said(`country.${code}`, code)]);
  return { vocabularies, countries: Object.fromEntries(countries) };
}

/** @param {string} name @param {string} code @param {string} group @returns {Term} */
function term(name, code, group) {
  return {
    code,
    label: said(`label.${name}.${code}`, code),
    definition: said(`definition.${name}.${code}`, ""),
    group,
    unit: said(`unit.${name}.${code}`, ""),
  };
}

/** @param {string} key @param {string} otherwise */
function said(key, otherwise) {
  return has(key) ? say(key) : otherwise;
}
