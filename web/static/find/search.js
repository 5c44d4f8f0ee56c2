// How does the reader find a project by name, company or place, with the keyboard alone?

import { bdi, el, fill } from "../base/dom.js";
import { begins, has } from "../base/fold.js";
import { say } from "../base/texts.js";
import { kindIcon, statusIcon } from "../map/symbols.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../base/row.js").Row} Row */
/** @typedef {import("./select.js").Selection} Selection */
/** What the box does besides filtering. @typedef {{open: (index: number) => void, showAll: () => void}} Hands */

const MOST_RESULTS = 8;
const MOST_RANKED = 2000; // folding more names than that would be felt while typing
const PAUSE = 500; // milliseconds without a key after which the map moves to what was found

/** @param {Element} root @param {Dataset} dataset @param {import("./state.js").State} state @param {Hands} hands */
export function search(root, dataset, state, hands) {
  const input = el("input", {
    type: "search",
    id: "search",
    placeholder: say("find.placeholder"),
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 200,
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": "results",
    "aria-autocomplete": "list",
  });
  const results = el("ul", { id: "results", role: "listbox", "aria-label": say("find.found"), hidden: true });
  fill(root, el("label", { for: "search", class: "visually-hidden" }, say("find.search")), input, results);
  const box = new SearchBox(input, results, dataset, state, hands);
  document.addEventListener("keydown", (event) => focusOnSlash(event, input));
  return (/** @type {Selection} */ selection) => box.update(selection);
}

/** @param {KeyboardEvent} event @param {HTMLInputElement} input */
function focusOnSlash(event, input) {
  const target = /** @type {HTMLElement} */ (event.target);
  const typing = target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input.focus();
  input.select();
}

class SearchBox {
  /** The first few, best first. @type {Row[]} */
  #found = [];
  #count = 0;
  #active = -1;
  #pause = 0;
  #input;
  #results;
  #dataset;
  #state;
  #hands;

  /** @param {HTMLInputElement} input @param {HTMLElement} results @param {Dataset} dataset @param {import("./state.js").State} state @param {Hands} hands */
  constructor(input, results, dataset, state, hands) {
    this.#input = input;
    this.#results = results;
    this.#dataset = dataset;
    this.#state = state;
    this.#hands = hands;
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("focus", () => this.#show());
    input.addEventListener("blur", () => this.#hide());
    input.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param {Selection} selection */
  update({ rows }) {
    const { q } = this.#state.choices;
    if (this.#input.value.trim() !== q) this.#input.value = q;
    const isAsked = q !== "" && this.#dataset.isTold;
    this.#count = isAsked ? rows.length : 0;
    this.#found = isAsked ? bestFirst(this.#dataset, rows, q).slice(0, MOST_RESULTS) : [];
    this.#active = -1;
    if (document.activeElement === this.#input) this.#show();
  }

  #typed() {
    clearTimeout(this.#pause);
    this.#pause = window.setTimeout(() => this.#count > 0 && this.#hands.showAll(), PAUSE);
    this.#state.change({ q: this.#input.value.trim() }, "replace"); // a letter is no step of the history
  }

  #show() {
    const all = this.#count > MOST_RESULTS ? [this.#allOption()] : [];
    fill(this.#results, ...this.#found.map((row, i) => this.#option(row, i)), ...all);
    this.#results.hidden = this.#found.length === 0;
    this.#input.setAttribute("aria-expanded", String(this.#found.length > 0));
    this.#mark();
  }

  #hide() {
    this.#results.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
  }

  /** @param {Row} row @param {number} i */
  #option(row, i) {
    return this.#entry(
      i,
      { "data-id": row.id },
      () => this.#hands.open(row.index),
      kindIcon(row.kind),
      el("span", { class: "result-name" }, bdi(row.name)),
      el("span", { class: "result-place" }, statusIcon(row.status), `${row.status.label} · ${row.countryName}`),
    );
  }

  #allOption() {
    const text = el("span", { class: "result-name" }, say("find.show_all", { count: this.#count }));
    return this.#entry(this.#found.length, { id: "show-all" }, () => this.#hands.showAll(), el("span", {}), text);
  }

  /** @param {number} i @param {Record<string, string>} attributes @param {() => void} choose @param {...Node} children */
  #entry(i, attributes, choose, ...children) {
    const done = () => {
      this.#hide();
      choose();
    };
    // A press would take the focus from the field and close the list before the click.
    const onmousedown = (/** @type {MouseEvent} */ event) => event.preventDefault();
    return el("li", { role: "option", id: `result-${i}`, ...attributes, onmousedown, onclick: done }, ...children);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
    if (event.key in steps && this.#found.length) this.#move(steps[event.key]);
    else if (event.key === "Enter" && this.#found.length) this.#entered();
    else if (event.key === "Escape" && !this.#results.hidden) this.#hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** What is marked, or the only one there is, is opened; of several the map shows all. */
  #entered() {
    const option = this.#results.children[this.#active];
    if (option) /** @type {HTMLElement} */ (option).click();
    else if (this.#count === 1) this.#hands.open(this.#found[0].index);
    else this.#hands.showAll();
    clearTimeout(this.#pause);
    this.#hide();
  }

  /** @param {number} step */
  #move(step) {
    if (this.#results.hidden) this.#show();
    const { length } = this.#results.children;
    this.#active = this.#active < 0 && step < 0 ? length - 1 : (this.#active + step + length) % length;
    this.#mark();
  }

  #mark() {
    Array.from(this.#results.children, (option, i) => option.setAttribute("aria-selected", String(i === this.#active)));
    if (this.#active < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", this.#results.children[this.#active].id);
    this.#results.children[this.#active]?.scrollIntoView({ block: "nearest" });
  }
}

/**
 * Projects whose own name has words that begin so come first, then those where others do, then those that have the
 * words inside others: `LG` finds LG's factories before Pilgangoora.
 * @param {Dataset} dataset @param {Uint32Array} rows @param {string} typed @returns {Row[]}
 */
export function bestFirst(dataset, rows, typed) {
  const { folding } = dataset.told;
  const asked = folding.asked(typed);
  const found = Array.from(rows.subarray(0, MOST_RANKED), (index) => dataset.row(index));
  const places = found.map((row) => {
    const name = folding.fold(row.name);
    const ways = [begins(asked, name), begins(asked, folding.fold(row.owners)), has(asked, name)];
    return (ways.indexOf(true) + ways.length + 1) % (ways.length + 1);
  });
  const order = found.map((_row, i) => i).sort((a, b) => places[a] - places[b] || a - b);
  return order.map((i) => found[i]);
}
