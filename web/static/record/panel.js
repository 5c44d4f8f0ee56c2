// What does the ledger say about one project?

import { bdi, el, fill } from "../base/dom.js";
import { facts } from "./facts.js";
import { deciding, history } from "./history.js";
import { noticeOf } from "./notice.js";
import { gripOf, sheet } from "../base/sheet.js";
import { references, sourceList } from "./sources.js";
import { kindIcon, statusIcon } from "../map/symbols.js";
import { dateText } from "../base/words.js";

/** @typedef {import("../base/snapshot.js").Row} Row */
/** @typedef {import("../base/terms.js").Terms} Terms */
/** @typedef {{items: string, pages: string}} Addresses */
/**
 * Other projects at the same spot, and the way to them. @typedef {{rows: Row[], open: (row: Row) => void}} Neighbours
 */

const REFUSALS = /** @type {Record<number, string>} */ ({
  404: "There is no record with this id.",
  410: "This record was deleted. Its history is kept.",
});

export class Panel {
  #root;
  #body = el("div", { class: "panel-body" });
  #bar = el("div", { class: "panel-bar" });
  #dataset;
  #terms;
  #addresses;
  #state;
  #reading = new AbortController();

  /**
   * @param {HTMLElement} root @param {import("../base/snapshot.js").Dataset} dataset @param {Terms} terms @param {Addresses} addresses
   * @param {import("../find/state.js").State} state
   */
  constructor(root, dataset, terms, addresses, state) {
    this.#root = root;
    this.#dataset = dataset;
    this.#terms = terms;
    this.#addresses = addresses;
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
    const reading = (this.#reading = new AbortController());
    this.#root.hidden = false;
    this.#root.dataset.record = id;
    this.#say(id, "Loading the record…", true);
    try {
      const response = await fetch(this.#address(id), {
        signal: reading.signal,
        headers: { Accept: "application/geo+json" },
      });
      if (!response.ok)
        return this.#refuse(id, REFUSALS[response.status] ?? `The server answered ${response.status}.`, neighbours);
      this.#render(await response.json(), neighbours);
    } catch (error) {
      if (!reading.signal.aborted) this.#refuse(id, "The server cannot be reached.", neighbours);
    }
  }

  /** @param {string} id */
  #address(id) {
    return `${this.#addresses.items}/${encodeURIComponent(id)}`;
  }

  /** @param {string} id @param {string} text @param {boolean} busy */
  #say(id, text, busy) {
    const name = this.#dataset.byId.get(id)?.name ?? id;
    this.#root.setAttribute("aria-busy", String(busy));
    fill(
      this.#body,
      el("h2", { tabindex: -1 }, bdi(name)),
      el("p", { class: busy ? "quiet" : "warning", role: "status" }, text),
    );
    fill(this.#bar);
  }

  /** @param {string} id @param {string} text @param {Neighbours} neighbours */
  #refuse(id, text, neighbours) {
    this.#say(id, text, false);
    const again = el("button", { type: "button", onclick: () => this.show(id, neighbours) }, "Try again");
    fill(this.#bar, again);
  }

  /** What looks wrong about the place. @param {any} properties */
  #doubt({ location_doubt: doubt }) {
    const term = doubt && this.#terms.get("location_doubt", doubt);
    return term && el("div", { class: "warning", role: "note" }, el("strong", {}, `${term.label}.`), " ", term.definition);
  }

  /** @param {any} feature @param {Neighbours} neighbours */
  #render(feature, neighbours) {
    const p = feature.properties;
    const sources = p.sources ?? [];
    const hadFocus = this.#body.contains(document.activeElement);
    const refer = references(sources);
    const context = { terms: this.#terms, refer, open: (/** @type {string} */ id) => this.#openButton(id) };
    this.#root.setAttribute("aria-busy", "false");
    fill(
      this.#body,
      walk(feature.id, neighbours),
      this.#chip(p),
      el("h2", { tabindex: -1 }, bdi(p.name)),
      this.#place(p, refer),
      notice(p),
      this.#doubt(p),
      p.summary ? el("p", { class: "summary" }, bdi(p.summary)) : null,
      facts(feature, context),
      el("h3", {}, "What happened"),
      ...history(p.events ?? [], this.#terms, refer),
      el("h3", {}, "Sources"),
      sourceList(sources, this.#terms),
      p.updated
        ? el("p", { class: "quiet" }, `Revision ${p.revision}, ${dateText(String(p.updated).slice(0, 10))}`)
        : null,
    );
    this.#body.scrollTop = 0;
    fill(this.#bar, ...this.#actions(feature.id));
    if (hadFocus) /** @type {HTMLElement | null} */ (this.#body.querySelector("h2"))?.focus({ preventScroll: true });
  }

  /** @param {any} p */
  #chip(p) {
    const status = this.#terms.get("status", p.status);
    const basis = deciding(p) ? (deciding(p).basis ?? "stated") : null;
    const since = [
      p.status_date && `since ${dateText(p.status_date)}`,
      basis && this.#terms.label("event_basis", basis).toLowerCase(),
      p.status_as_of && `newest source ${dateText(p.status_as_of)}`,
    ].filter(Boolean);
    return el(
      "div",
      { class: "stage" },
      el(
        "span",
        { class: "chip", "data-status": status.code, title: status.definition },
        statusIcon(status),
        status.label,
      ),
      " ",
      el("span", { class: "quiet" }, since.join(" · ")),
      p.status_stale ? el("strong", { class: "stale" }, "Not confirmed for more than 24 months") : null,
      el("p", { class: "definition" }, status.definition),
    );
  }

  /** @param {any} p @param {import("./sources.js").References} refer */
  #place(p, refer) {
    const country = this.#dataset.countries[p.country] ?? p.country;
    const words = [p.locality, p.region, country].filter(Boolean).join(", ");
    const accuracy = this.#terms.get("location_accuracy", p.location_accuracy);
    const radius = p.location_radius_km ? `, within ${p.location_radius_km}\u00a0km` : "";
    const said =
      { country: `Somewhere in ${words}`, undisclosed: `${words}: place not disclosed` }[String(p.location_accuracy)] ??
      words;
    return el(
      "div",
      { class: "place" },
      el("p", {}, kindIcon(this.#terms.get("kind", p.kind)), bdi(said), refer(p.location_sources)),
      el(
        "p",
        { class: "quiet", title: accuracy.definition },
        `Place known to: ${accuracy.label.toLowerCase()}${radius}. `,
        p.location_note ? bdi(p.location_note) : null,
      ),
    );
  }

  /** @param {string} id */
  #openButton(id) {
    const row = this.#dataset.byId.get(id);
    const button = el(
      "button",
      { type: "button", class: "link", "data-open": id, onclick: () => this.#state.open(id) },
      bdi(row?.name ?? id),
    );
    return el("span", {}, button, row ? el("span", { class: "quiet" }, ` ${row.status.label.toLowerCase()}`) : null);
  }

  /** @param {string} id */
  #actions(id) {
    const copied = el("span", { role: "status", class: "visually-hidden" });
    const copy = el("button", { type: "button", id: "copy-link", onclick: () => copyLink(copy, copied) }, "Copy link");
    return [
      copy,
      el("a", { class: "button", href: `${this.#addresses.pages}/${encodeURIComponent(id)}` }, "Full page"),
      el("a", { class: "button", href: this.#address(id), type: "application/geo+json" }, "GeoJSON"),
      copied,
    ];
  }
}

/** @param {any} properties */
function notice(properties) {
  const said = noticeOf(properties);
  return said && el("div", { class: "warning", role: "note" }, el("strong", {}, said.title), " ", said.text);
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
