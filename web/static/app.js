// How do the parts of the map's page work together once the projects are there?

import { chooser } from "./map/chooser.js";
import { byId, el } from "./base/dom.js";
import { DIMENSIONS, select } from "./find/filters.js";
import { placeKey } from "./find/key.js";
import { linkNotice } from "./find/linknotice.js";
import { ProjectLayer } from "./map/layer.js";
import { offer } from "./find/download.js";
import { legend } from "./find/legend.js";
import { ProjectList } from "./find/list.js";
import { Panel } from "./record/panel.js";
import { pointer } from "./map/pointer.js";
import { search } from "./find/search.js";
import { sentence } from "./find/sentence.js";
import { hasPoint, isCountryWide } from "./base/snapshot.js";
import { State } from "./find/state.js";
import { tooltip } from "./map/tooltip.js";
import { tools } from "./find/tools.js";
import { hashOf, read, write } from "./find/url.js";
import { boundsOf, bringIntoView, fit, insets } from "./map/view.js";

/** @typedef {import("./base/snapshot.js").Row} Row */
/** @typedef {import("./base/snapshot.js").Dataset} Dataset */
/** @typedef {import("./main.js").Options} Options */

const TITLE = document.title; // the instance's own
const FIT_ZOOM = 7;
const WRITE_EVERY = 150; // milliseconds

export class App {
  /** The projects among which the reader chose the open one. @type {Row[]} */
  #among = [];
  /** What had the focus before a record was opened. @type {Element | null} */
  #opener = null;
  /** Shall the map go near the record that is opened next? */
  #near = false;
  /** Where the view was placed to hold all projects, if it was. @type {L.LatLng | null} */
  #fitted = null;
  /** What was odd about the address that was read last. @type {import("./find/url.js").Odd[]} */
  #odd = [];
  #writing = 0;
  #written = -Infinity;
  /** @type {((selection: import("./find/filters.js").Selection) => void)[]} */
  #updates = [];
  #map;
  #dataset;
  #codes;
  #state;
  #layer;
  #panel;
  #chooser;

  /**
   * @param {L.Map} map
   * @param {L.LayerGroup} group
   * @param {Dataset} dataset
   * @param {Options} options
   */
  constructor(map, group, dataset, options) {
    this.#map = map;
    this.#dataset = dataset;
    this.#codes = { status: codes(dataset.statuses), kind: codes(dataset.kinds), country: Object.keys(dataset.countries) };
    this.#state = new State(this.#address().choices);
    this.#layer = new ProjectLayer(dataset);
    group.addLayer(this.#layer.leaflet);
    this.#panel = new Panel(byId("panel"), dataset, options.pages, this.#state);
    this.#chooser = chooser(this.#stage(), (row, among) => this.#open(row, among, false));
    this.#buildParts();
  }

  start() {
    this.#state.listen((choices, before, entry) => this.#changed(choices, before, entry));
    this.#update();
    const { view } = this.#address();
    this.#placeView(view);
    if (this.#state.choices.record) this.#showRecord(this.#state.choices.record, !view);
    this.#map.on("moveend", () => this.#writeSoon());
    window.addEventListener("popstate", () => this.#readAddress());
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.#writeAddress("replace");
  }

  /**
   * Takes the outlines of countries, which come after the projects: the view makes room for those that are hatched,
   * unless the address names a view or the reader has moved it already.
   * @param {import("./map/basemap.js").Country[]} countries
   */
  outline(countries) {
    this.#layer.outline(countries);
    if (this.#fitted === null) return;
    if (this.#fitted.equals(this.#map.getCenter())) this.#placeView(null);
    const row = this.#dataset.rows.find(({ id }) => id === this.#state.choices.record);
    if (row && isCountryWide(row)) bringIntoView(this.#map, row, this.#layer, this.#insets(), true);
  }

  #address() {
    const found = read(location.hash || hashOf(location.search), this.#codes);
    this.#odd = found.odd;
    return found;
  }

  #sayWhatIsOdd() {
    const terms = { status: this.#dataset.statuses, kind: this.#dataset.kinds };
    const labelOf = (/** @type {string} */ name, /** @type {string} */ code) =>
      name === "country"
        ? this.#dataset.countries[code]
        : String(terms[/** @type {"status" | "kind"} */ (name)].find((term) => term.code === code)?.label);
    const text = linkNotice(this.#odd, labelOf);
    say(byId("link-notice"), text);
    byId("link-notice").hidden = text === "";
  }

  #stage() {
    return /** @type {HTMLElement} */ (this.#map.getContainer().parentElement);
  }

  #buildParts() {
    const [dataset, state] = [this.#dataset, this.#state];
    const openNear = (/** @type {Row} */ row) => this.#open(row, [], true);
    const list = new ProjectList(byId("list"), dataset, state, openNear);
    const key = el("section", { id: "key" });
    const hint = tooltip(this.#stage());
    this.#updates = [
      search(byId("search-box"), dataset, state, openNear),
      legend(byId("filters"), dataset, state, key),
      placeKey(key, state),
      tools(byId("tools"), state),
      (selection) => list.update(selection),
      ({ rows }) => say(byId("sentence"), sentence(rows)),
      () => this.#sayWhatIsOdd(),
      ({ rows }) => offer(/** @type {HTMLAnchorElement} */ (byId("download")), state.choices, rows.length, this.#codes),
      ({ rows }) => this.#layer.show(rows),
    ];
    pointer(this.#map, this.#layer, {
      choose: (rows, at) => this.#choose(rows, at),
      dismiss: () => this.#chooser.hide(),
      tooltip: hint,
    });
    byId("skip").addEventListener("click", () => this.#skipToList());
  }

  #update() {
    const selection = select(this.#dataset, this.#state.choices);
    for (const update of this.#updates) update(selection);
  }

  #skipToList() {
    this.#state.change({ tab: "list" });
    /** @type {HTMLElement | null} */ (byId("list").querySelector("tbody button"))?.focus();
  }

  /** @param {Row[]} rows @param {L.Point} at */
  #choose(rows, at) {
    if (rows.length === 1) this.#open(rows[0], [], false);
    else this.#chooser.show(rows, at);
  }

  /** @param {Row} row @param {Row[]} among @param {boolean} near */
  #open(row, among, near) {
    this.#chooser.hide();
    this.#among = among.length ? among : this.#sameSpot(row);
    this.#near = near;
    this.#state.open(row.id);
  }

  /** @param {Row} row @returns {Row[]} */
  #sameSpot(row) {
    const { rows } = select(this.#dataset, this.#state.choices);
    if (hasPoint(row)) return rows.filter((other) => other.x === row.x && other.y === row.y);
    return rows.filter((other) => !hasPoint(other) && other.country === row.country && other.accuracy === row.accuracy);
  }

  /**
   * @param {import("./find/filters.js").Choices} choices
   * @param {import("./find/filters.js").Choices} before
   * @param {import("./find/state.js").Entry} entry
   */
  #changed(choices, before, entry) {
    if (entry === "push") this.#writeAddress("push");
    if (DIMENSIONS.some((dimension) => choices[dimension] !== before[dimension]) && entry !== "none") this.#odd = [];
    this.#update();
    if (choices.record !== before.record) this.#recordChanged(choices.record);
    if (choices.tab !== before.tab && choices.tab !== "map") byId("rail").dataset.height = "low"; // on a phone
    if (entry === "replace") this.#writeSoon();
  }

  /** Browsers refuse address changes that come too fast, as from typing: at most one in a while. */
  #writeSoon() {
    clearTimeout(this.#writing);
    const wait = this.#written + WRITE_EVERY - performance.now();
    if (wait <= 0) this.#writeAddress("replace");
    else this.#writing = setTimeout(() => this.#writeAddress("replace"), wait);
  }

  /** @param {string | null} id */
  #recordChanged(id) {
    if (id) {
      if (!byId("panel").contains(document.activeElement)) this.#opener = document.activeElement;
      this.#showRecord(id, this.#near);
    } else {
      this.#panel.hide();
      this.#layer.highlight(null);
      document.title = TITLE;
      if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus({ preventScroll: true });
    }
    this.#near = false;
  }

  /** @param {string} id @param {boolean} near */
  #showRecord(id, near) {
    const row = this.#dataset.byId.get(id) ?? null;
    if (row && !this.#among.includes(row)) this.#among = this.#sameSpot(row);
    void this.#panel.show(id, { rows: this.#among, open: (other) => this.#open(other, this.#among, false) });
    this.#layer.highlight(row);
    document.title = row ? `${row.name} · ${TITLE}` : TITLE;
    if (row) bringIntoView(this.#map, row, this.#layer, this.#insets(), near);
    /** @type {HTMLElement | null} */ (byId("panel").querySelector("h2"))?.focus({ preventScroll: true });
  }

  #insets() {
    return insets(this.#map, byId("rail"), byId("panel"));
  }

  /** @param {import("./find/url.js").View | null} view */
  #placeView(view) {
    if (view) {
      this.#map.setView([view.lat, view.lon], view.zoom, { animate: false });
      return;
    }
    const bounds = boundsOf(this.#dataset.rows, this.#layer);
    if (bounds.isValid()) fit(this.#map, bounds, this.#insets(), FIT_ZOOM, false);
    this.#fitted = this.#map.getCenter();
  }

  /** @param {import("./find/state.js").Entry} entry */
  #writeAddress(entry) {
    clearTimeout(this.#writing);
    this.#written = performance.now();
    const { lat, lng } = this.#map.getCenter();
    const hash = write({ zoom: this.#map.getZoom(), lat, lon: lng }, this.#state.choices);
    if (hash === location.hash) return;
    if (entry === "push") history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }

  #readAddress() {
    const { view, choices } = this.#address();
    this.#among = [];
    this.#state.change(choices, "none");
    if (view) this.#map.setView([view.lat, view.lon], view.zoom, { animate: false });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (this.#chooser.isOpen()) this.#chooser.hide();
    else if (this.#state.choices.record) this.#state.close();
    else if (this.#state.choices.tab !== "map") this.#state.change({ tab: "map" });
  }
}

/** A live region is read out whenever it is written, so only what is new is. @param {Element} region @param {string} text */
function say(region, text) {
  if (region.textContent !== text) region.textContent = text;
}

/** @param {{code: string}[]} terms */
function codes(terms) {
  return terms.map(({ code }) => code);
}
