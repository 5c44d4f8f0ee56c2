// What is on the map, as a table for keyboard and screen reader, and as cards where a table does not fit?

import { el, fill } from "../base/dom.js";
import { shownDay } from "../base/asof.js";
import { say } from "../base/texts.js";
import { ordered, orderText, readOrder } from "../find/order.js";
import { leftOutText, sumsText } from "../find/sums.js";
import { cards, sortChooser } from "./cards.js";
import { keyOfName, readColumns } from "./columns.js";
import { columnsMenu } from "./columnsmenu.js";
import { table } from "./table.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./context.js").View} View */
/** @typedef {import("../find/select.js").Selection} Selection */
/** @typedef {import("../find/order.js").Order} Order */
/** @typedef {import("./columns.js").Column} Column */
/**
 * What the list shows: rows in their order, of which `shown` are made.
 * @typedef {{rows: Uint32Array, columns: Column[], order: Order, shown: number, day: number, now: import("../base/asof.js").Now}} Shown
 */
/** What rows are made with. @typedef {{context: Context, sort: (order: Order) => void}} Tools */

const PAGE = 100; // rows made at a time: more than that nobody reads before asking for them
const NARROW = "(max-width: 700px)";

/** @param {HTMLElement} root @param {Context} context @returns {View} */
export function listView(root, context) {
  const list = new List(root, context);
  return { update: (selection) => list.update(selection) };
}

class List {
  /** @type {Context} */
  #context;
  /** @type {HTMLElement} */
  #root;
  #body = el("div", { class: "list-body" });
  #headline = el("div", { class: "list-headline" });
  #chooser = el("div", { class: "list-chooser" });
  #narrow = matchMedia(NARROW);
  #menu;
  /** @type {Uint32Array | null} as they were selected */
  #selected = null;
  /** @type {Shown | null} */
  #shown = null;

  /** @param {HTMLElement} root @param {Context} context */
  constructor(root, context) {
    [this.#root, this.#context] = [root, context];
    this.#menu = columnsMenu((text) => context.state.keep("cols", text));
    this.#narrow.addEventListener("change", () => this.#render());
    root.classList.add("list");
    fill(root, this.#headline, this.#menu.element, this.#chooser, this.#body);
  }

  /** @param {Selection} selection */
  update({ rows }) {
    const { dataset, state } = this.#context;
    const { view } = state.choices;
    const shown = {
      rows,
      columns: readColumns(view.cols),
      order: readOrder(view.sort),
      shown: PAGE,
      day: shownDay(dataset.now),
      now: dataset.now,
    };
    if (!this.#isNew(shown)) {
      this.#mark(); // the reader's place in the table stays
      return;
    }
    const shownBefore = this.#selected === rows ? this.#shown?.shown : undefined;
    this.#selected = rows;
    this.#shown = { ...shown, shown: shownBefore ?? PAGE, rows: ordered(dataset, rows, shown.order) };
    this.#menu.show(shown.columns);
    this.#render();
  }

  /** @param {Shown} next */
  #isNew(next) {
    const [last, rows] = [this.#shown, this.#selected];
    if (last === null || rows === null || last.now !== next.now) return true;
    const isSame =
      last.columns.join() === next.columns.join() &&
      orderText(last.order) === orderText(next.order) &&
      rows.length === next.rows.length &&
      rows.every((row, k) => row === next.rows[k]);
    return !isSame;
  }

  #render() {
    const shown = this.#shown;
    if (!shown) return;
    const tools = { context: this.#context, sort: (/** @type {Order} */ order) => this.#sort(order) };
    const isNarrow = this.#narrow.matches;
    this.#root.classList.toggle("narrow", isNarrow);
    this.#menu.element.hidden = isNarrow;
    keepingFocus(this.#root, () => {
      fill(this.#headline, ...this.#sentences(shown));
      fill(this.#chooser, isNarrow && sortChooser(shown.order, tools.sort));
      fill(this.#body, shown.rows.length > 0 && (isNarrow ? cards : table)(shown, tools, this.#more(shown)));
    });
    this.#mark();
  }

  /** @param {Shown} shown */
  #sentences({ rows }) {
    const { dataset } = this.#context;
    const [sums, leftOut] = [sumsText(dataset, rows), leftOutText(dataset, rows)];
    const count = rows.length;
    return [
      el("h2", {}, count === 0 ? say("list.none") : say("list.projects", { count })),
      sums !== "" && el("p", {}, sums),
      sums !== "" && leftOut !== "" && el("p", { class: "quiet" }, leftOut),
    ];
  }

  /** @param {Order} order */
  #sort(order) {
    this.#context.state.keep("sort", orderText(order));
    const direction = order.descending ? "descending" : "ascending";
    this.#context.announce(say(`list.sorted_${direction}`, { column: say(`list.${order.column}`) }));
  }

  /** @param {Shown} shown */
  #more(shown) {
    const left = shown.rows.length - shown.shown;
    if (left <= 0) return null;
    const more = el(
      "button",
      { type: "button", onclick: () => this.#showMore() },
      say("list.more", { count: Math.min(PAGE, left) }),
    );
    return el(
      "p",
      { class: "list-more" },
      more,
      " ",
      el("span", { class: "quiet" }, say("list.left", { count: left })),
    );
  }

  #showMore() {
    const shown = this.#shown;
    if (!shown) return;
    const first = shown.rows[shown.shown];
    shown.shown += PAGE;
    this.#render();
    focusOn(this.#root, keyOfName(this.#context.dataset.row(first).id));
  }

  /** Says which record is open and which are compared. */
  #mark() {
    const { compare, record } = this.#context.state.choices;
    for (const row of this.#root.querySelectorAll("[data-id]")) {
      const id = row.getAttribute("data-id") ?? "";
      if (id === record) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
      const box = /** @type {HTMLInputElement | null} */ (row.querySelector("input"));
      if (box) box.checked = compare.includes(id);
    }
  }
}

/** Makes parts anew; what had the focus has it again if it is still there. @param {HTMLElement} root @param {() => void} make */
function keepingFocus(root, make) {
  const focused = document.activeElement;
  const key = root.contains(focused) ? focused?.getAttribute("data-key") : null;
  make();
  if (key) focusOn(root, key);
}

/** @param {HTMLElement} root @param {string} key */
function focusOn(root, key) {
  /** @type {HTMLElement | null} */ (root.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus();
}
