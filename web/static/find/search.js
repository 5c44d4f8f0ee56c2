// How does the reader find a project by name, company or place, with the keyboard alone?

import { bdi, el, fill } from "../base/dom.js";
import { begins, has } from "../base/fold.js";
import { kindIcon, statusIcon } from "../map/symbols.js";

/** @typedef {import("../base/snapshot.js").Row} Row */
/** @typedef {import("./filters.js").Selection} Selection */

const MOST_RESULTS = 8;

/**
 * @param {Element} root @param {import("../base/snapshot.js").Dataset} dataset @param {import("./state.js").State} state
 * @param {(row: Row) => void} open
 * @returns {(selection: Selection) => void}
 */
export function search(root, dataset, state, open) {
  const input = el("input", {
    type: "search",
    id: "search",
    placeholder: "Project, company or place   /",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 200,
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": "results",
    "aria-autocomplete": "list",
  });
  const results = el("ul", { id: "results", role: "listbox", "aria-label": "Projects found", hidden: true });
  fill(
    root,
    el("label", { for: "search", class: "visually-hidden" }, "Search a project, company or place"),
    input,
    results,
  );
  const box = new SearchBox(input, results, dataset, state, open);
  document.addEventListener("keydown", (event) => focusOnSlash(event, input));
  return (selection) => box.update(selection);
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
  /** @type {Row[]} */
  #found = [];
  #active = -1;
  #input;
  #results;
  #dataset;
  #state;
  #open;

  /**
   * @param {HTMLInputElement} input @param {HTMLElement} results @param {import("../base/snapshot.js").Dataset} dataset
   * @param {import("./state.js").State} state @param {(row: Row) => void} open
   */
  constructor(input, results, dataset, state, open) {
    this.#input = input;
    this.#results = results;
    this.#dataset = dataset;
    this.#state = state;
    this.#open = open;
    input.addEventListener("input", () => this.#typed());
    input.addEventListener("focus", () => this.#show());
    input.addEventListener("blur", () => this.#hide());
    input.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param {Selection} selection */
  update({ rows }) {
    const { q } = this.#state.choices;
    if (this.#input.value.trim() !== q) this.#input.value = q;
    this.#found = q ? bestFirst(rows, this.#dataset.folding.asked(q)).slice(0, MOST_RESULTS) : [];
    this.#active = -1;
    if (document.activeElement === this.#input) this.#show();
  }

  #typed() {
    this.#state.change({ q: this.#input.value.trim() });
  }

  #show() {
    fill(this.#results, ...this.#found.map((row, i) => this.#option(row, i)));
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
    const place = this.#dataset.countries[row.country] ?? row.country;
    return el(
      "li",
      // A press would take the focus from the field and close the list before the click.
      {
        role: "option",
        id: `result-${i}`,
        "data-id": row.id,
        onmousedown: (event) => event.preventDefault(),
        onclick: () => this.#choose(row),
      },
      kindIcon(row.kind),
      el("span", { class: "result-name" }, bdi(row.name)),
      el("span", { class: "result-place" }, statusIcon(row.status), `${row.status.label} · ${place}`),
    );
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
    if (event.key in steps && this.#found.length) this.#move(steps[event.key]);
    else if (event.key === "Enter" && this.#found.length) this.#choose(this.#found[Math.max(0, this.#active)]);
    else if (event.key === "Escape" && !this.#results.hidden) this.#hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} step */
  #move(step) {
    if (this.#results.hidden) this.#show();
    this.#active = (this.#active + step + this.#found.length) % this.#found.length;
    this.#mark();
  }

  #mark() {
    Array.from(this.#results.children, (option, i) => option.setAttribute("aria-selected", String(i === this.#active)));
    if (this.#active < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `result-${this.#active}`);
    this.#results.children[this.#active]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Row} row */
  #choose(row) {
    this.#hide();
    this.#open(row);
  }
}

/**
 * Projects whose own name has words that begin so come first, then those where others do, then those that have the
 * words inside others: `LG` finds LG's factories before Pilgangoora.
 * @param {Row[]} rows @param {import("../base/fold.js").Asked} asked
 */
export function bestFirst(rows, asked) {
  const places = rows.map((row) => {
    const ways = [begins(asked, row.folded), begins(asked, row.search), has(asked, row.folded)];
    return (ways.indexOf(true) + ways.length + 1) % (ways.length + 1);
  });
  const order = rows.map((_, i) => i).sort((a, b) => places[a] - places[b] || a - b);
  return order.map((i) => rows[i]);
}
