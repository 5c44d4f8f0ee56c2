// What has the reader chosen, and who wants to know when it changes?

import { EVERYTHING, MOST_COMPARED } from "./choices.js";

/** @typedef {import("./choices.js").Choices} Choices */
/**
 * How a change enters the browser's history: a new entry, in place of the present one, or not at all (the address said it).
 * @typedef {"push" | "replace" | "none"} Entry
 */
/** @typedef {(choices: Choices, before: Choices, entry: Entry) => void} Listener */

export class State {
  /** @type {Listener[]} */
  #listeners = [];
  #choices;

  /** @param {Choices} choices */
  constructor(choices) {
    this.#choices = choices;
  }

  get choices() {
    return this.#choices;
  }

  /** @param {Listener} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }

  /** @param {Partial<Choices>} patch @param {Entry} [entry] */
  change(patch, entry = "push") {
    const before = this.#choices;
    this.#choices = { ...before, ...patch };
    for (const listener of this.#listeners) listener(this.#choices, before, entry);
  }

  /** @param {string} id */
  open(id) {
    this.change({ record: id }, this.#choices.record === id ? "replace" : "push");
  }

  close() {
    if (this.#choices.record !== null) this.change({ record: EVERYTHING.record });
  }

  /** Puts a record side by side with others, or takes it away. @param {string} id */
  toggleCompared(id) {
    const { compare } = this.#choices;
    if (compare.includes(id)) this.change({ compare: compare.filter((each) => each !== id) });
    else this.change({ compare: [...compare, id].slice(-MOST_COMPARED) });
  }

  /** What a view keeps in the address; "" takes it out. @param {string} name @param {string} value @param {Entry} [entry] */
  keep(name, value, entry = "replace") {
    const { [name]: _former, ...others } = this.#choices.view;
    this.change({ view: value === "" ? others : { ...others, [name]: value } }, entry);
  }
}
