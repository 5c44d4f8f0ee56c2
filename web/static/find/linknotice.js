// What does the address ask for that the map cannot show, or had to guess?

import { listText, say } from "../base/texts.js";

/** @typedef {import("./url.js").Odd} Odd */

const MOST_LETTERS = 40;
const MOST = 3;

/**
 * A few sentences, or "" where nothing is odd.
 * @param {Odd[]} odd @param {(name: string, code: string) => string} labelOf how a code that is known is called
 */
export function linkNotice(odd, labelOf) {
  const names = odd.filter(({ code }) => code === null).map(({ name }) => name);
  const guessed = odd.filter(({ meant }) => meant !== null).slice(0, MOST);
  const unknown = odd.filter(({ code, meant }) => code !== null && meant === null).map(({ code }) => code);
  return [
    ...(names.length ? [say("find.link_names", { names: several(names) })] : []),
    ...guessed.map(({ name, code, meant }) =>
      say("find.link_guessed", { code: quoted(code), meant: labelOf(name, String(meant)) }),
    ),
    ...(unknown.length ? [say("find.link_unknown", { codes: several(unknown) })] : []),
  ].join(" ");
}

/** The first few, and how many more. @param {(string | null)[]} texts */
function several(texts) {
  const more = texts.length - MOST;
  return listText([...texts.slice(0, MOST).map(quoted), ...(more > 0 ? [say("find.link_more", { count: more })] : [])]);
}

/** @param {string | null} text */
function quoted(text) {
  return say("find.quoted", { text: String(text).slice(0, MOST_LETTERS) });
}
