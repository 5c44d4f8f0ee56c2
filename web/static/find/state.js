// What has the reader chosen, and who wants to know when it changes?

/** @typedef {import("./filters.js").Choices} Choices */
/**
 * How a change enters the browser's history: a new entry for an opened record. @typedef {"push" | "replace" | "none"} Entry
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
  change(patch, entry = "replace") {
    const before = this.#choices;
    this.#choices = { ...before, ...patch };
    for (const listener of this.#listeners) listener(this.#choices, before, entry);
  }

  /** @param {string} id */
  open(id) {
    this.change({ record: id }, this.#choices.record === id ? "replace" : "push");
  }

  close() {
    if (this.#choices.record !== null) this.change({ record: null });
  }
}
