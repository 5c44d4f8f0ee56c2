// Which layers does the map hold for what the reader has chosen?

import { hasAgreed, OWN } from "./choice.js";
import { creditOf, imageLayer, pmtilesLayer } from "./layers.js";
import { ShapesOverlay } from "./shapes.js";
import { CanvasLayer } from "../map/canvaslayer.js";
import { OWN_ZOOM } from "../map/viewport.js";
import { onThemeChange, theme } from "../base/theme.js";

/** @typedef {import("./layers.js").Told} Told */
/** @typedef {import("./layers.js").ToldOverlay} ToldOverlay */
/** @typedef {import("./layers.js").Offer} Offer */

const OTHER_ZOOM = 17;
/** The panes of what is chosen, between our own land (150) and names (160). */
const PANES = { bases: 152, overlays: 155 };
const OVERLAY_OPACITY = 0.6; // of pictures that lie on a base

/** The colours that an operator may choose, by day and by night. @type {Record<string, [string, string]>} */
export const COLOURS = {
  green: ["#2e7d4f", "#7cc796"],
  blue: ["#2f6db5", "#86b6ea"],
  purple: ["#7a4fa3", "#c3a1e3"],
  red: ["#b23a48", "#ee9aa3"],
  orange: ["#b2641b", "#e9ad6e"],
  grey: ["#5c6670", "#aab4bd"],
};

export class Bases {
  /** @type {L.Map} */
  #map;
  /** @type {L.LayerGroup} */
  #own;
  /** @type {Offer} */
  #offer;
  /** Counts the changes, so that a layer that comes late does not come at all. */
  #turn = 0;
  /** @type {L.Layer[]} */
  #shown = [];
  /** @type {string[]} */
  #credits = [];
  /** @type {ShapesOverlay[]} */
  #shapes = [];
  /** @type {import("./choice.js").Choice} */
  #choice;
  #canvas;

  /** @param {L.Map} map @param {L.LayerGroup} own our own base @param {Offer} offer @param {import("./choice.js").Choice} choice */
  constructor(map, own, offer, choice) {
    [this.#map, this.#own, this.#offer, this.#choice] = [map, own, offer, choice];
    for (const [name, height] of Object.entries(PANES)) map.createPane(name).style.zIndex = String(height);
    this.#canvas = new CanvasLayer("overlays", (ctx, frame) => this.#shapes.forEach((each) => each.paint(ctx, frame)));
    this.#canvas.addTo(map);
    onThemeChange(() => void this.show());
  }

  /** Shows what is chosen of what there is; of another host only what the reader has agreed to. */
  async show() {
    this.#turn += 1;
    const turn = this.#turn;
    const base = this.#offer.bases.find(({ id, host }) => id === this.#choice.base && hasAgreed(host)) ?? null;
    const overlays = this.#offer.overlays.filter(({ id, host }) => this.#choice.now.overlays.includes(id) && hasAgreed(host));
    const layers = await Promise.all([...(base ? [this.#base(base)] : []), ...overlays.map((each) => this.#overlay(each))]);
    if (turn !== this.#turn) return;
    for (const layer of this.#shown) layer.remove();
    this.#shown = layers.filter((layer) => layer !== null);
    for (const layer of this.#shown) layer.addTo(this.#map);
    this.#showShapes(overlays.filter(({ source }) => source.type === "shapes"));
    this.#showOwn(base === null);
  }

  /** @param {ToldOverlay[]} overlays */
  #showShapes(overlays) {
    for (const credit of this.#credits) this.#map.attributionControl?.removeAttribution(credit);
    this.#credits = overlays.map(creditOf);
    for (const credit of this.#credits) this.#map.attributionControl?.addAttribution(credit);
    this.#shapes = overlays.map((each) => this.#shapesOf(each));
    this.#map.getContainer().dataset.overlays = overlays.map(({ id }) => id).join(" ");
    this.#canvas.redraw();
  }

  /** @param {boolean} isOwn */
  #showOwn(isOwn) {
    if (isOwn) this.#own.addTo(this.#map);
    else this.#own.remove();
    this.#map.getContainer().dataset.base = isOwn ? OWN : this.#choice.base;
    this.#map.setMaxZoom(isOwn ? OWN_ZOOM : OTHER_ZOOM);
  }

  /** @param {Told} told @returns {Promise<L.Layer | null>} */
  async #base(told) {
    return told.source.type === "pmtiles" ? pmtilesLayer(told, "bases", null, theme().dark) : imageLayer(told, "bases");
  }

  /** @param {ToldOverlay} told @returns {Promise<L.Layer | null>} */
  async #overlay(told) {
    if (told.source.type === "pmtiles") return pmtilesLayer(told, "overlays", colourOf(told), theme().dark);
    return told.source.type === "image" ? imageLayer(told, "overlays", OVERLAY_OPACITY) : null;
  }

  /** @param {ToldOverlay} told */
  #shapesOf(told) {
    return new ShapesOverlay(told.source.url, colourOf(told), () => this.#canvas.redraw());
  }
}

/** @param {ToldOverlay} told */
export function colourOf({ colour }) {
  return (COLOURS[colour] ?? COLOURS.grey)[theme().dark ? 1 : 0];
}
