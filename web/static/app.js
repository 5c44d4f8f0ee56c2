// How do the parts of the map's page work together?

import { byId } from "./base/dom.js";
import { whenShown } from "./base/shown.js";
import { say } from "./base/texts.js";
import { labelOf } from "./find/chips.js";
import { DIMENSIONS, isFiltered } from "./find/choices.js";
import { addressed, statusesByGroup } from "./find/address.js";
import { linkNotice } from "./find/linknotice.js";
import { railDrawn, railTold } from "./find/rail.js";
import { select } from "./find/select.js";
import { State } from "./find/state.js";
import { write } from "./find/url.js";
import { ground } from "./ground/ground.js";
import { chooser } from "./map/chooser.js";
import { ProjectLayer } from "./map/layer.js";
import { pointer } from "./map/pointer.js";
import { tooltip } from "./map/tooltip.js";
import { tray } from "./map/tray.js";
import { insets } from "./map/insets.js";
import { boundsOf, bringIntoView, fit, place } from "./map/view.js";
import { FIT_ZOOM, boxOf } from "./map/viewport.js";
import { Panel } from "./record/panel.js";
import { slider } from "./time/slider.js";
import { tools } from "./views/tools.js";
import { Views } from "./views/views.js";

/** @typedef {import("./base/dataset.js").Dataset} Dataset */
/** @typedef {import("./base/source.js").Source} Source */
/** @typedef {import("./firstpicture.js").FirstPicture} FirstPicture */
/** @typedef {import("./find/choices.js").Choices} Choices */
/** @typedef {import("./find/groups.js").Update} Update */
/** @typedef {import("./find/select.js").Selection} Selection */
/** @typedef {import("./find/state.js").Entry} Entry */

const TITLE = document.title; // the instance's own
const WRITE_EVERY = 150; // milliseconds
/** Within another page, whose focus is its own. */
const IS_EMBEDDED = document.body.classList.contains("embed");

export class App {
  /** The rows among which the reader chose the open one; the selection where none are. @type {readonly number[]} */
  #among = [];
  /** What had the focus before a record was opened. @type {Element | null} */
  #opener = null;
  /** Shall the map go near the record that is opened next? */
  #near = false;
  /** What was odd about the address that was read last. @type {import("./find/url.js").Odd[]} */
  #odd = [];
  #writing = 0;
  #written = -Infinity;
  /** The address as it was read or written last. */
  #hash = location.hash;
  /** @type {Update[]} */
  #updates = [];
  /** What comes after the picture, once for several changes that follow on one another. @type {Update[]} */
  #afterwards = [];
  /** Lets go of what waits for a picture that another follows. */
  #forget = () => {};
  /** @type {Selection} */
  #selection;
  /** @type {Panel | null} */
  #panel = null;
  #map;
  #group;
  #first;
  #dataset;
  #source;
  #groups;
  #state;
  #layer;
  #chooser;

  /** @param {L.Map} map @param {L.LayerGroup} group @param {FirstPicture} first @param {Source} source */
  constructor(map, group, first, source) {
    const { dataset } = first;
    this.#map = map;
    this.#group = group;
    this.#first = first;
    this.#dataset = dataset;
    this.#source = source;
    this.#groups = statusesByGroup(dataset);
    this.#state = new State(first.address.choices);
    this.#layer = new ProjectLayer(dataset, first.selection.rows);
    this.#chooser = chooser(this.#stage(), dataset, (index, among) => this.#open(index, among, false));
    this.#selection = first.selection;
  }

  /** Which state of the store is drawn. */
  get version() {
    return this.#dataset.version;
  }

  /** Symbols in place of the first picture's points. */
  start() {
    const { address, viewport } = this.#first;
    if (address.view) this.#map.setView([address.view.lat, address.view.lon], viewport.zoom, { animate: false });
    else place(this.#map, viewport, false);
    this.#group.addLayer(this.#layer.leaflet);
    this.#first.canvas.remove();
  }

  /** What lies under the projects. */
  ground() {
    const { world, near } = this.#source;
    const outline = (/** @type {import("./map/shapes.js").Country[]} */ countries) => this.#layer.outline(countries);
    const found = ground(this.#map, { world, near, projects: this.#layer, outline });
    this.#keepGround(found);
    const rail = railDrawn(this.#dataset, this.#state);
    this.#updates.push(...rail.now);
    this.#afterwards.push(...rail.after);
    for (const update of [...rail.now, ...rail.after]) update(this.#selection);
  }

  /** The base and its overlays are in the address. @param {ReturnType<typeof ground>} found */
  #keepGround(found) {
    const state = this.#state;
    const read = () => {
      const { base = "", layers = "" } = state.choices.view;
      found.setChoice({ base, overlays: layers.split(",").filter(Boolean) });
    };
    if (state.choices.view.base || state.choices.view.layers) read();
    found.onChange(({ base, overlays }) => {
      state.keep("base", base);
      state.keep("layers", overlays.join(","));
    });
    state.listen((_choices, _before, entry) => entry === "none" && read());
  }

  /** The rest of the projects: everything works from now on. @param {import("./base/columns.js").Columns} columns */
  tell(columns) {
    const [dataset, state] = [this.#dataset, this.#state];
    dataset.tell(columns);
    dataset.setDate(state.choices.as_of);
    state.change(this.#address().choices, "none"); // now that all codes are known
    this.#panel = new Panel(byId("panel"), dataset, this.#source, state, (from, to) => this.#connect(from, to));
    this.#buildParts();
    state.listen((choices, before, entry) => this.#changed(choices, before, entry));
    this.#map.on("moveend", () => this.#writeSoon());
    window.addEventListener("hashchange", () => this.#readAddress());
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.#update();
    if (state.choices.record) this.#showRecord(state.choices.record, !this.#address().view);
    this.#writeAddress("replace");
    document.body.dataset.ready = String(dataset.size);
  }

  #address() {
    const found = addressed(this.#dataset);
    this.#odd = found.odd;
    return found;
  }

  #sayWhatIsOdd() {
    const text = linkNotice(this.#odd, (name, code) =>
      labelOf(this.#dataset, /** @type {import("./find/choices.js").Dimension} */ (name), code),
    );
    if (byId("link-notice").textContent !== text) byId("link-notice").textContent = text;
    byId("link-notice").hidden = text === "";
  }

  #stage() {
    return /** @type {HTMLElement} */ (this.#map.getContainer().parentElement);
  }

  #buildParts() {
    const [dataset, state] = [this.#dataset, this.#state];
    const openNear = (/** @type {number} */ index) => this.#open(index, [], true);
    const hands = { open: openNear, showAll: () => this.#fitSelection() };
    const context = {
      dataset,
      state,
      open: openNear,
      known: { codes: {}, groups: this.#groups },
      announce: (/** @type {string} */ text) => (byId("said").textContent = text),
    };
    const views = new Views(byId("views"), context);
    const months = slider(byId("time"), dataset, state, () => this.#rowsOfAnyStage());
    const place = tray(
      byId("tray"),
      dataset,
      (index, among) => this.#open(index, among, true),
      (found) => this.#layer.hover(found),
    );
    const rail = railTold(dataset, state, hands, () => this.#layer.sizes);
    this.#updates.push(
      ({ rows }) => this.#layer.show(rows),
      ...rail.now,
      tools(byId("tools"), context, () => this.#selection),
      () => this.#sayWhatIsOdd(),
      (selection) => views.update(selection),
    );
    this.#afterwards.push(
      ...rail.after,
      ({ rows }) => place(rows),
      () => this.#offerToShowAll(),
      () => months(),
    );
    pointer(this.#map, this.#layer, {
      choose: (rows, at) => this.#choose(rows, at),
      dismiss: () => this.#chooser.hide(),
      insets: () => this.#insets(),
      tooltip: tooltip(this.#stage(), dataset),
    });
    byId("show-all-found").addEventListener("click", () => this.#fitSelection());
    this.#map.on("moveend", () => this.#offerToShowAll());
    for (const link of document.querySelectorAll(".languages a"))
      link.addEventListener("click", () => (/** @type {HTMLAnchorElement} */ (link).hash = location.hash));
    byId("skip").addEventListener("click", () => this.#skipToList());
  }

  #update() {
    this.#selection = select(this.#dataset, this.#state.choices);
    for (const update of this.#updates) update(this.#selection);
    this.#forget();
    this.#forget = whenShown(() => this.#updateAfterwards());
  }

  #updateAfterwards() {
    for (const update of this.#afterwards) update(this.#selection);
  }

  /** The slider shows how stages changed, so it leaves none out. */
  #rowsOfAnyStage() {
    const { choices } = this.#state;
    return choices.status === null ? this.#selection.rows : select(this.#dataset, { ...choices, status: null }).rows;
  }

  #skipToList() {
    this.#state.change({ tab: "list" });
    byId("views").focus();
  }

  /** @param {readonly number[]} rows @param {L.Point} at */
  #choose(rows, at) {
    if (rows.length === 1) this.#open(rows[0], [], false);
    else this.#chooser.show(rows, at);
  }

  /** @param {number} index @param {readonly number[]} among @param {boolean} near */
  #open(index, among, near) {
    this.#chooser.hide();
    this.#among = among;
    this.#near = near;
    this.#state.open(this.#dataset.row(index).id);
  }

  /** @param {Choices} choices @param {Choices} before @param {Entry} entry */
  #changed(choices, before, entry) {
    if (choices.as_of !== before.as_of) this.#dataset.setDate(choices.as_of);
    if (entry === "push") this.#writeAddress("push");
    if (entry !== "none" && DIMENSIONS.some(({ name }) => choices[name] !== before[name])) this.#odd = [];
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
    else this.#writing = window.setTimeout(() => this.#writeAddress("replace"), wait);
  }

  /** @param {string | null} id */
  #recordChanged(id) {
    if (id) {
      if (!byId("panel").contains(document.activeElement)) this.#opener = document.activeElement;
      this.#showRecord(id, this.#near);
    } else {
      this.#panel?.hide();
      this.#layer.highlight(null);
      this.#layer.connect([]);
      document.title = TITLE;
      if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus({ preventScroll: true });
    }
    this.#near = false;
  }

  /** @param {string} id @param {boolean} near */
  #showRecord(id, near) {
    const row = this.#dataset.byId(id);
    const among = row && this.#among.includes(row.index) ? this.#among : [...this.#selection.rows];
    void this.#panel?.show(id, { rows: among, open: (other) => this.#open(other, among, false) });
    this.#layer.highlight(row?.index ?? null);
    document.title = row ? `${row.name} · ${TITLE}` : TITLE;
    if (row) bringIntoView(this.#map, this.#dataset, row, this.#layer, this.#insets(), near);
    if (!IS_EMBEDDED) /** @type {HTMLElement | null} */ (byId("panel").querySelector("h2"))?.focus({ preventScroll: true });
  }

  /** @param {string} from @param {string[]} to ids of the records that it links to */
  #connect(from, to) {
    const [start, ...ends] = [from, ...to].map((id) => this.#dataset.byId(id)?.index ?? -1);
    this.#layer.connect(ends.filter((end) => end >= 0 && start >= 0).map((end) => [start, end]));
  }

  #insets() {
    return insets(this.#map.getContainer(), byId("rail"), byId("panel"), byId("time"));
  }

  /** @param {Selection} selection */
  #boxOf({ rows }) {
    return boxOf(this.#dataset, rows, (iso) => this.#layer.boxOf(iso));
  }

  #fitSelection() {
    const box = this.#boxOf(this.#selection);
    if (box) fit(this.#map, box, this.#insets(), FIT_ZOOM);
  }

  /** What is filtered may lie outside the view, or be a dot in a corner of it. */
  #offerToShowAll() {
    const { rows } = this.#selection;
    const box = this.#boxOf(this.#selection);
    const bounds = box && boundsOf(box);
    const isOut = bounds && !this.#map.getBounds().contains(bounds);
    const isSmall = bounds && this.#map.getBoundsZoom(bounds) >= Math.min(FIT_ZOOM, this.#map.getZoom() + 2);
    const button = byId("show-all-found");
    button.hidden = !isFiltered(this.#state.choices) || !(isOut || isSmall) || this.#state.choices.tab !== "map";
    if (!button.hidden) button.textContent = say("app.show_all", { count: rows.length });
  }

  /** @param {Entry} entry */
  #writeAddress(entry) {
    clearTimeout(this.#writing);
    if (location.hash !== this.#hash) return; // the reader goes back or forth, and the state follows in a moment
    this.#written = performance.now();
    const { lat, lng } = this.#map.getCenter();
    const hash = write({ zoom: this.#map.getZoom(), lat, lon: lng }, this.#state.choices, this.#groups);
    if (hash === location.hash) return;
    if (entry === "push") history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
    this.#hash = location.hash;
  }

  #readAddress() {
    this.#hash = location.hash;
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

