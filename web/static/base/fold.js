// Which texts are the same to a search? The server's rule (geo/folding.py), by the table that it sends.

/** @typedef {{dropped: string, marks: string, letters: Record<string, string>, latin: Record<string, string>}} FoldingTable */
/**
 * What is asked for: any of the parts; of a part all words; of a word any of its spellings. @typedef {string[][][]} Asked
 */

const NO_WORD = /[^\p{L}\p{N}\p{M}]+/gu;
const ASCII = /^[\0-\x7f]*$/;
const APOSTROPHES = /['`]/g;
const NO_ASCII_WORD = /[^0-9a-z]+/g;
const COMMA = /[,\uff0c\u3001\u060c]/;

export class Folding {
  #dropped;
  #marks;
  #letters;
  #latin;

  /** @param {FoldingTable} table */
  constructor({ dropped, marks, letters, latin }) {
    this.#dropped = new RegExp(dropped, "gu");
    this.#marks = new RegExp(marks, "gu");
    this.#letters = letters;
    this.#latin = latin;
  }

  /** The words in lower case without accents, each in its own script, parted by one blank. @param {string} text */
  fold(text) {
    if (ASCII.test(text)) return text.replace(APOSTROPHES, "").toLowerCase().replace(NO_ASCII_WORD, " ").trim();
    const lower = text.replace(this.#dropped, "").normalize("NFKD").toLowerCase();
    const plain = lower.replace(this.#dropped, "").replace(this.#marks, "");
    const letters = Array.from(plain, (letter) => this.#letters[letter] ?? letter).join("");
    return letters.replace(NO_WORD, " ").trim().normalize("NFC");
  }

  /** Greek, Cyrillic, Armenian and Georgian letters as Latin ones. @param {string} text */
  inLatin(text) {
    const lower = text.normalize("NFC").toLowerCase();
    return this.fold(Array.from(lower, (letter) => this.#latin[letter] ?? letter).join(""));
  }

  /** @param {string} typed @returns {Asked} */
  asked(typed) {
    const parts = typed.split(COMMA).map((part) => part.split(/\s+/u).flatMap((word) => this.#spellings(word)));
    return parts.filter((part) => part.length > 0);
  }

  /** @param {string} word @returns {string[][]} */
  #spellings(word) {
    const own = this.fold(word).split(" ").filter(Boolean);
    const latin = this.inLatin(word).split(" ").filter(Boolean);
    return own.map((each, i) => [...new Set([each, own.length === latin.length ? latin[i] : each])]);
  }
}

/** Nothing asked for leaves nothing out. @param {Asked} asked @param {string} text */
export function has(asked, text) {
  return asked.length === 0 || some(asked, (word) => text.includes(word));
}

/** As `has`, where a word of the text begins so. @param {Asked} asked @param {string} text */
export function begins(asked, text) {
  const spaced = ` ${text}`;
  return some(asked, (word) => spaced.includes(` ${word}`));
}

/** @param {Asked} asked @param {(word: string) => boolean} fits */
function some(asked, fits) {
  return asked.some((part) => part.every((spellings) => spellings.some(fits)));
}
