// What does the address ask for that the map cannot show, or had to guess?

import { listText } from "../base/words.js";

/** @typedef {import("./url.js").Odd} Odd */

/** @type {Record<string, string>} */
const SAID = { status: "stage", kind: "kind", country: "country" };
const MOST_LETTERS = 40;
const MOST = 3;

/**
 * A few sentences, or "" where nothing is odd.
 * @param {Odd[]} odd @param {(name: string, code: string) => string} labelOf how a code that is known is called
 */
export function linkNotice(odd, labelOf) {
  const names = odd.filter(({ code }) => code === null).map(({ name }) => name);
  const guessed = odd.filter(({ meant }) => meant !== null).slice(0, MOST);
  const unknown = odd.filter(({ code, meant }) => code !== null && meant === null);
  const dimensions = [...new Set(unknown.map(({ name }) => name))];
  return [
    ...(names.length ? [`This link says ${several(names)}, which the map does not know.`] : []),
    ...guessed.map(({ name, code, meant }) => `Read ${quoted(code)} as ${labelOf(name, String(meant))}.`),
    ...dimensions.map((dimension) => {
      const codes = unknown.filter(({ name }) => name === dimension).map(({ code }) => code);
      return `This link asks for the ${SAID[dimension]} ${several(codes)}: no project here has it.`;
    }),
  ].join(" ");
}

/** The first few, and how many more. @param {(string | null)[]} texts */
function several(texts) {
  const more = texts.length - MOST;
  return listText([...texts.slice(0, MOST).map(quoted), ...(more > 0 ? [`${more} more`] : [])]);
}

/** @param {string | null} text */
function quoted(text) {
  return `\u201c${String(text).slice(0, MOST_LETTERS)}\u201d`;
}
