// How is the server's record read beside the map? Its links, numbers and signs are made to work here.

import { bdi, el, fill } from "../base/dom.js";
import { gripOf, sheet } from "../base/sheet.js";
import { say } from "../base/texts.js";
import { kindIcon, statusIcon } from "../map/symbols.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("../find/state.js").State} State */
/** The rows among which the reader goes on, and the way to them. @typedef {{rows: readonly number[], open: (index: number) => void}} Neighbours */
/** @typedef {(from: string, to: string[]) => void} Connect */

export class Panel {
  #root;
  #body = el("div", {
    class: "panel-body",
    onclick: (event) => this.#clicked(event),
    onkeydown: (event) => this.#pressed(event),
  });
  #bar = el("div", { class: "panel-bar" });
  #dataset;
  #source;
  #state;
  #connect;
  #reading = new AbortController();

  /**
   * @param {HTMLElement} root @param {Dataset} dataset @param {import("../base/source.js").Source} source
   * @param {State} state @param {Connect} connect draws the links of the record that is shown
   */
  constructor(root, dataset, source, state, connect) {
    this.#root = root;
    this.#dataset = dataset;
    this.#source = source;
    this.#state = state;
    this.#connect = connect;
    const grip = gripOf(say("record.grip"));
    const close = el(
      "button",
      { type: "button", class: "close", id: "panel-close", "aria-label": say("record.close"), onclick: () => state.close() },
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
    this.#put(this.#saying(id, say("record.loading"), "quiet"));
    const { article, isRecord, fault } = await read(this.#source, id, signal);
    if (signal.aborted) return;
    this.#root.setAttribute("aria-busy", "false");
    const again = el("button", { type: "button", onclick: () => this.show(id, neighbours) }, say("app.try_again"));
    if (article && isRecord) this.#put(this.#furnished(id, article), this.#actions(id, article), this.#walk(id, neighbours));
    else this.#put(article ?? this.#saying(id, fault, "warning"), [again]);
  }

  /** What stands where the record is to be. @param {string} id @param {string} text @param {string} tone */
  #saying(id, text, tone) {
    const name = bdi(this.#dataset.byId(id)?.name ?? id);
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

  /** Adds the signs of the map, and the stages of the projects that are linked. @param {string} id @param {Element} article */
  #furnished(id, article) {
    const dataset = this.#dataset;
    for (const chip of article.querySelectorAll("[data-status]"))
      chip.querySelector(".swatch")?.replaceWith(statusIcon(dataset.termOf("status", chip.getAttribute("data-status") ?? "")));
    for (const place of article.querySelectorAll("[data-kind]"))
      place.prepend(kindIcon(dataset.termOf("kind", place.getAttribute("data-kind") ?? "")));
    // No page but the map's may stand in another page's frame.
    if (document.body.classList.contains("embed"))
      for (const link of article.querySelectorAll("a[href]:not([data-open], .jump)")) link.setAttribute("target", "_blank");
    const links = [...article.querySelectorAll("[data-open]")];
    for (const link of links) {
      const row = dataset.byId(link.getAttribute("data-open") ?? "");
      if (row) link.after(el("span", { class: "quiet" }, ` ${row.status.label.toLowerCase()}`));
    }
    this.#connect(id, links.map((link) => link.getAttribute("data-open") ?? ""));
    return article;
  }

  /** What can be done with a record, taken out of it: it stays in sight. @param {string} id @param {Element} article */
  #actions(id, article) {
    const offered = article.querySelector(".actions");
    offered?.remove();
    const said = el("span", { role: "status", class: "visually-hidden" });
    const copy = el("button", { type: "button", id: "copy-link", onclick: () => copyLink(copy, said) }, say("record.copy_link"));
    const isCompared = this.#state.choices.compare.includes(id);
    const compare = el(
      "button",
      { type: "button", id: "compare-this", "aria-pressed": String(isCompared), onclick: () => this.#compare(id, compare) },
      say("record.compare"),
    );
    return [copy, compare, ...(offered?.children ?? []), said];
  }

  /** @param {string} id @param {HTMLElement} button */
  #compare(id, button) {
    this.#state.toggleCompared(id);
    button.setAttribute("aria-pressed", String(this.#state.choices.compare.includes(id)));
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // the reader wants it elsewhere
    const id = link.dataset.open;
    if (id) this.#state.open(id);
    else if (link.className === "jump") this.#goTo(link.hash);
    else return;
    event.preventDefault();
  }

  /** Escape closes the sources that are open, and not the record with them. @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key === "Escape" && this.#body.querySelector(":popover-open")) event.stopPropagation();
  }

  /** The address's own hash holds the map's view, so it does not change. @param {string} hash of a source */
  #goTo(hash) {
    const source = /** @type {HTMLElement | null} */ (this.#body.querySelector(hash));
    source?.closest("details")?.setAttribute("open", "");
    source?.scrollIntoView({ block: "center" });
    source?.focus({ preventScroll: true });
  }

  /** Previous and next within the selection, or among the projects at this spot. @param {string} id @param {Neighbours} neighbours */
  #walk(id, { rows, open }) {
    const at = rows.indexOf(this.#dataset.byId(id)?.index ?? -1);
    if (rows.length < 2 || at < 0) return null;
    const step = (/** @type {number} */ by) => () => open(rows[(at + by + rows.length) % rows.length]);
    return el(
      "nav",
      { class: "walk", "aria-label": say("record.selection_walk") },
      el("button", { type: "button", id: "previous", onclick: step(-1) }, say("record.selection_previous")),
      el("span", {}, say("record.selection_nth", { at: at + 1, count: rows.length })),
      el("button", { type: "button", id: "next", onclick: step(1) }, say("record.selection_next")),
    );
  }
}

/**
 * The article that the server answers, be it the record or why there is none.
 * @param {import("../base/source.js").Source} source @param {string} id @param {AbortSignal} signal
 * @returns {Promise<{article: Element | null, isRecord: boolean, fault: string}>}
 */
async function read(source, id, signal) {
  try {
    const { article, isRecord, status } = await source.record(id, signal);
    return { article, isRecord, fault: say("record.answered", { status: String(status) }) };
  } catch {
    return { article: null, isRecord: false, fault: say("record.unreachable") };
  }
}

/** @param {HTMLElement} button @param {HTMLElement} said */
async function copyLink(button, said) {
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = said.textContent = say("record.copied");
  } catch {
    const field = el("input", { type: "text", readonly: true, value: location.href, "aria-label": say("record.link") });
    button.replaceWith(field);
    field.select();
  }
}
