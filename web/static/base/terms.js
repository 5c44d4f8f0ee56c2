// What does a code mean?

/** @typedef {import("./snapshot.js").Term} Term */

export class Terms {
  /** @type {Map<string, Term>} */
  #terms = new Map();

  /** @param {{name: string, terms: Term[]}[]} vocabularies */
  constructor(vocabularies) {
    for (const { name, terms } of vocabularies) for (const term of terms) this.#terms.set(`${name} ${term.code}`, term);
  }

  /**
   * The term, or one that only repeats a code we do not know.
   * @param {string} vocabulary
   * @param {string} code
   * @returns {Term}
   */
  get(vocabulary, code) {
    return this.#terms.get(`${vocabulary} ${code}`) ?? { code, label: code, definition: "", group: "", search: "" };
  }

  /** @param {string} vocabulary @param {string} code */
  label(vocabulary, code) {
    return this.get(vocabulary, code).label;
  }
}
