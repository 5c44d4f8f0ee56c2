// Which events did the server answer, and what is said of each?

import { pageOfFile } from "./eventsfile.js";
import { byMonth, hostOf } from "./period.js";
import { bdi, el, fill } from "../base/dom.js";
import { IS_PUBLISHED } from "../base/root.js";
import { dateText, has, say } from "../base/texts.js";
import { kindIcon, statusIcon } from "../map/symbols.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("./period.js").Event} Event */
/** A part of the answer, the address of the next one, and how many events there are. @typedef {{events: Event[], next: string | null, count: number}} Page */

const PAUSE = 150; // milliseconds that the reader may go on choosing before the server is asked

/** Events of one address, the newest question's answer only. */
export class EventList {
  root = el("div", { class: "events-list" });
  #said = el("p", { role: "status" });
  #list = el("div", {});
  #more = el("div", {});
  #asked = "";
  /** @type {Event[]} */
  #events = [];
  #reading = new AbortController();
  #waiting = 0;
  /** @type {ReadonlySet<string>} */
  #ids = new Set();
  #context;
  #none;

  /** @param {Context} context @param {{none: string, id: string}} texts */
  constructor(context, { none, id }) {
    this.#context = context;
    this.#none = none;
    this.root.id = id;
    fill(this.root, this.#said, this.#list, this.#more);
  }

  /**
   * Asks for what is at an address, unless it is there already.
   * @param {string} address @param {ReadonlySet<string>} ids of the records that are meant, for which no server can be asked
   */
  ask(address, ids) {
    this.#ids = ids;
    if (address === this.#asked) return;
    const isFirst = this.#asked === "";
    this.#asked = address;
    this.#reading.abort();
    clearTimeout(this.#waiting);
    this.root.setAttribute("aria-busy", "true");
    this.#waiting = setTimeout(() => this.#read(address, []), isFirst ? 0 : PAUSE);
  }

  /** @param {string} address @param {Event[]} before those that are shown already */
  async #read(address, before) {
    this.#reading.abort();
    const { signal } = (this.#reading = new AbortController());
    this.root.setAttribute("aria-busy", "true");
    if (before.length === 0) this.#said.textContent = say("changes.loading");
    try {
      const page = await (IS_PUBLISHED ? pageOfFile(address, this.#ids) : readPage(address, signal));
      if (signal.aborted) return;
      this.#show([...before, ...page.events], page, before.length);
    } catch (error) {
      if (signal.aborted) return;
      console.warn(error);
      this.#fail(() => this.#read(address, before));
    }
    this.root.setAttribute("aria-busy", "false");
  }

  /** @param {Event[]} events @param {Page} page @param {number} former how many of them were there before */
  #show(events, { next, count }, former) {
    this.#events = events;
    const shown = events.length;
    const isAll = next === null;
    if (shown === 0) this.#said.textContent = this.#none;
    else this.#said.textContent = isAll ? say("changes.count", { count: shown }) : say("changes.showing", { shown, count });
    fill(this.#list, ...byMonth(events).map((group) => this.#month(group)));
    const more = next === null ? null : this.#moreButton(next);
    fill(this.#more, more);
    if (former) /** @type {HTMLElement} */ (this.#list.querySelectorAll("li")[former]?.querySelector("button"))?.focus();
  }

  /** @param {string} next */
  #moreButton(next) {
    return el("button", { type: "button", onclick: () => this.#read(next, this.#events) }, say("changes.more"));
  }

  /** @param {() => void} again */
  #fail(again) {
    this.#said.textContent = say("changes.failed");
    const button = el("button", { type: "button", onclick: again }, say("changes.again"));
    fill(this.#more, button);
  }

  /** @param {{month: string, events: Event[]}} group */
  #month({ month, events }) {
    return el("section", {}, el("h3", {}, dateText(month)), el("ul", {}, ...events.map((event) => this.#item(event))));
  }

  /** @param {Event} event */
  #item(event) {
    const { dataset, open } = this.#context;
    const row = dataset.byId(event.record_id);
    const name = bdi(event.record_name);
    const kind = dataset.termOf("kind", event.kind);
    const place = say("changes.place", { kind: kind.label, country: dataset.countryName(event.country) });
    return el(
      "li",
      { "data-record": event.record_id },
      el("p", { class: "event-head" }, el("time", { datetime: event.date }, dateOf(event)), moveOf(dataset, event)),
      el(
        "p",
        { class: "event-name" },
        row ? el("button", { type: "button", class: "link", onclick: () => open(row.index) }, name) : name,
        el("span", { class: "quiet" }, kindIcon(kind), place),
      ),
      el("p", { class: "event-summary" }, bdi(event.summary)),
      el("p", { class: "event-sources" }, ...event.sources.flatMap(sourceOf)),
    );
  }
}

/** @param {Event} event */
function dateOf({ date, date_basis, expected }) {
  const said = dateText(date);
  if (expected) return say("changes.expected_on", { date: said });
  return date_basis === "reported" ? say("changes.by", { date: said }) : said;
}

/** The stage that was reached, or else what kind of event it is. @param {import("../base/dataset.js").Dataset} dataset @param {Event} event */
function moveOf(dataset, { type, status }) {
  if (status === null) return el("span", { class: "event-type" }, typeText(type));
  const term = dataset.termOf("status", status);
  return el("span", { class: "event-stage with-icon" }, statusIcon(term), term.label);
}

/** @param {string} type */
function typeText(type) {
  const key = `label.event_type.${type}`;
  return has(key) ? say(key) : type;
}

/** A link where the address is one of the web, and else its text. @param {import("./period.js").Source} source @returns {(Node | string)[]} */
function sourceOf({ title, url }) {
  const host = hostOf(url);
  if (host === null) return [bdi(title), " "];
  const said = say("changes.source_at", { title, host });
  return [el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, bdi(said)), " "];
}

/** @param {string} address @param {AbortSignal} signal @returns {Promise<Page>} */
async function readPage(address, signal) {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const { events, links, numberMatched } = await answer.json();
  const next = links.find((/** @type {{rel: string}} */ { rel }) => rel === "next")?.href ?? null;
  return { events, next: next && sameHost(next), count: numberMatched };
}

/** Behind a proxy the server may call itself otherwise. @param {string} address */
function sameHost(address) {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
}
