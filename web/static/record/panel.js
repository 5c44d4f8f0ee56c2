// How is the server's record read beside the map? Its links, numbers and signs are made to work here.

import { bdi, el, fill } from "../base/dom.js";
import { gripOf, sheet } from "../base/sheet.js";
import { kindIcon, statusIcon } from "../map/symbols.js";

/** @typedef {import("../base/snapshot.js").Row} Row */
/**
 * Other projects at the same spot, and the way to them. @typedef {{rows: Row[], open: (row: Row) => void}} Neighbours
 */

export class Panel {
  #root;
  #body = el("div", { class: "panel-body", onclick: (event) => this.#clicked(event) });
  #bar = el("div", { class: "panel-bar" });
  #dataset;
  #pages;
  #state;
  #reading = new AbortController();

  /**
   * @param {HTMLElement} root @param {import("../base/snapshot.js").Dataset} dataset
   * @param {string} pages where the pages of records are @param {import("../find/state.js").State} state
   */
  constructor(root, dataset, pages, state) {
    this.#root = root;
    this.#dataset = dataset;
    this.#pages = pages;
    this.#state = state;
    const grip = gripOf("Make the record taller or lower");
    const close = el(
      "button",
      {
        type: "button",
        class: "close",
        id: "panel-close",
        "aria-label": "Close the record",
        onclick: () => state.close(),
      },
      "×",
    );
    fill(root, grip, close, this.#body, this.#bar);
    sheet(root, grip);
  }

  hide() {
    this.#reading.abort();
    this.#root.hidden = true;
  }

  /** @param {string} id @param {Neighbours} neighbours */
  async show(id, neighbours) {
    this.#reading.abort();
    const { signal } = (this.#reading = new AbortController());
    this.#root.hidden = false;
    this.#root.dataset.record = id;
    this.#root.setAttribute("aria-busy", "true");
    this.#put(this.#saying(id, "Loading the record…", "quiet"));
    const { article, isRecord, fault } = await read(`${this.#pages}/${encodeURIComponent(id)}?part=body`, signal);
    if (signal.aborted) return;
    this.#root.setAttribute("aria-busy", "false");
    const again = el("button", { type: "button", onclick: () => this.show(id, neighbours) }, "Try again");
    if (article && isRecord) this.#put(this.#furnished(article), actions(article), walk(id, neighbours));
    else this.#put(article ?? this.#saying(id, fault, "warning"), [again]);
  }

  /** What stands where the record is to be. @param {string} id @param {string} text @param {string} tone */
  #saying(id, text, tone) {
    const name = bdi(this.#dataset.byId.get(id)?.name ?? id);
    return el("article", { class: "record" }, el("h2", {}, name), el("p", { class: tone, role: "status" }, text));
  }

  /** The focus stays on the heading. @param {Element} article @param {Node[]} beneath @param {Node | null} above */
  #put(article, beneath = [], above = null) {
    const hadFocus = this.#body.contains(document.activeElement);
    fill(this.#body, above, article);
    fill(this.#bar, ...beneath);
    this.#body.scrollTop = 0;
    const heading = /** @type {HTMLElement} */ (article.querySelector("h2"));
    heading.tabIndex = -1;
    if (hadFocus) heading.focus({ preventScroll: true });
  }

  /** Adds the signs of the map, and the stages of the projects that are linked. @param {Element} article */
  #furnished(article) {
    for (const chip of article.querySelectorAll("[data-status]"))
      chip.querySelector(".swatch")?.replaceWith(statusIcon({ code: chip.getAttribute("data-status") ?? "" }));
    for (const place of article.querySelectorAll("[data-kind]"))
      place.prepend(kindIcon({ code: place.getAttribute("data-kind") ?? "" }));
    for (const link of article.querySelectorAll("[data-open]")) {
      const row = this.#dataset.byId.get(link.getAttribute("data-open") ?? "");
      if (row) link.after(el("span", { class: "quiet" }, ` ${row.status.label.toLowerCase()}`));
    }
    return article;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // the reader wants it elsewhere
    const id = link.dataset.open;
    if (id) this.#state.open(id);
    else if (link.className === "reference") this.#goTo(link.hash);
    else return;
    event.preventDefault();
  }

  /** The address's own hash holds the map's view, so it does not change. @param {string} hash of a source */
  #goTo(hash) {
    const source = /** @type {HTMLElement | null} */ (this.#body.querySelector(hash));
    source?.scrollIntoView({ block: "center" });
    source?.focus({ preventScroll: true });
  }
}

/**
 * The article that the server answers, be it the record or why there is none. A parsed document runs nothing, and the
 * template has escaped what it holds.
 * @param {string} address @param {AbortSignal} signal
 * @returns {Promise<{article: Element | null, isRecord: boolean, fault: string}>}
 */
async function read(address, signal) {
  try {
    const answer = await fetch(address, { signal });
    const document = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fault = `The server answered ${answer.status}.`;
    return { article: document.querySelector("article"), isRecord: answer.ok, fault };
  } catch {
    return { article: null, isRecord: false, fault: "The server cannot be reached." };
  }
}

/** What can be done with a record, taken out of it: it stays in sight. @param {Element} article */
function actions(article) {
  const offered = article.querySelector(".actions");
  offered?.remove();
  const copied = el("span", { role: "status", class: "visually-hidden" });
  const copy = el("button", { type: "button", id: "copy-link", onclick: () => copyLink(copy, copied) }, "Copy link");
  return [copy, ...(offered?.children ?? []), copied];
}

/** Previous and next among the projects at this spot. @param {string} id @param {Neighbours} neighbours */
function walk(id, { rows, open }) {
  const at = rows.findIndex((row) => row.id === id);
  if (rows.length < 2 || at < 0) return null;
  const step = (/** @type {number} */ by) => () => open(rows[(at + by + rows.length) % rows.length]);
  return el(
    "nav",
    { class: "walk", "aria-label": "Projects at this spot" },
    el("button", { type: "button", id: "previous", onclick: step(-1) }, "‹ Previous"),
    el("span", {}, `${at + 1} of ${rows.length} here`),
    el("button", { type: "button", id: "next", onclick: step(1) }, "Next ›"),
  );
}

/** @param {HTMLElement} button @param {HTMLElement} said */
async function copyLink(button, said) {
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = said.textContent = "Link copied";
  } catch {
    const field = el("input", {
      type: "text",
      readonly: true,
      value: location.href,
      "aria-label": "Link to this view",
    });
    button.replaceWith(field);
    field.select();
  }
}
