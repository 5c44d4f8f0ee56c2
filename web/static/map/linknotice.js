// What does the address ask for that the map cannot show, or had to guess?

import { listText } from "./words.js";

/** @typedef {import("./url.js").Odd} Odd */

/** @type {Record<string, string>} */
const SAID = { status: "stage", kind: "kind", country: "country" };
const MOST_LETTERS = 40;

/**
 * One sentence a fault, or "" where there is none.
 * @param {Odd[]} odd @param {(name: string, code: string) => string} labelOf how a code that is known is called
 */
export function linkNotice(odd, labelOf) {
  const names = odd.filter(({ code }) => code === null).map(({ name }) => quoted(name));
  const guessed = odd.filter(({ meant }) => meant !== null);
  const unknown = odd.filter(({ code, meant }) => code !== null && meant === null);
  return [
    ...(names.length ? [`This link says ${listText(names)}, which the map does not know.`] : []),
    ...guessed.map(({ name, code, meant }) => `Read ${quoted(code)} as ${labelOf(name, String(meant))}.`),
    ...unknown.map(({ name, code }) => `This link asks for the ${SAID[name]} ${quoted(code)}: no project here has it.`),
  ].join(" ");
}

/** @param {string | null} text */
function quoted(text) {
  return `\u201c${String(text).slice(0, MOST_LETTERS)}\u201d`;
}
