// What is a proposal to correct a record, or to remove it, made of?

import { correctionOf, fieldsOf, fieldsOfCapacity, fieldsOfOwner, inTheForm } from "./correction.js";
import { fillIn } from "./draft.js";
import { filled, sourceOf } from "./record.js";
import { byId } from "../base/dom.js";
import { say } from "../base/texts.js";

/** @typedef {import("./form.js").AddForm} AddForm */
/** @typedef {import("./problems.js").Fault} Fault */
/** @typedef {import("./correction.js").Part} Part */

/** In which step each part is asked for. @type {Record<string, Part[]>} */
const STEPS = { what: ["name", "place"], stage: ["stage", "owner", "capacity", "event", "gone"] };
const RECORD = /([a-z]{2}(?:-[a-z0-9]+)+)\/?(?:[?#].*)?$/;

export class Correcting {
  isCorrection = true;

  /** @param {AddForm} form @param {{feature: import("./correction.js").Feature, revision: number}} record */
  constructor(form, { feature, revision }) {
    this.form = form;
    this.before = feature;
    this.revision = revision;
  }

  /** @returns {Record<string, string>} */
  begun() {
    return fieldsOf(this.before);
  }

  /** @returns {Set<Part>} */
  get parts() {
    const all = /** @type {Part[]} */ ([...STEPS.what, ...STEPS.stage]);
    return new Set(all.filter((part) => this.form.isTicked(`wrong-${part}`)));
  }

  steps() {
    const asked = Object.keys(STEPS).filter((step) => STEPS[step].some((part) => this.parts.has(part)));
    return ["source", "wrong", ...asked, "check"];
  }

  follow() {
    const { parts } = this;
    const isGone = parts.has("gone");
    for (const each of /** @type {NodeListOf<HTMLElement>} */ (this.form.form.querySelectorAll("[data-part]:not(input)")))
      each.hidden = !parts.has(/** @type {Part} */ (each.dataset.part));
    for (const tick of /** @type {NodeListOf<HTMLInputElement>} */ (this.form.form.querySelectorAll("#wrong-parts input")))
      tick.disabled = isGone && tick.dataset.part !== "gone"; // of a record that goes nothing else is corrected
    byId("owner-leaves").hidden = this.form.value("owner-which") === "";
    byId("gone-of").closest(".field")?.toggleAttribute("hidden", this.form.value("gone-reason") !== "twin");
  }

  /** @param {string} name @param {string} type */
  edited(name, type) {
    if (type !== "change") return;
    if (name === "wrong-gone" && this.form.isTicked(name))
      for (const part of this.parts) if (part !== "gone") /** @type {HTMLInputElement} */ (byId(`wrong-${part}`)).checked = false;
    if (name === "owner-which") this.#fill(fieldsOfOwner(this.#chosen("owners", name)));
    if (name === "capacity-which") this.#fill(fieldsOfCapacity(this.#chosen("capacities", name)));
    if (name.startsWith("wrong-") || name.endsWith("-which") || name === "gone-reason") this.form.follow();
  }

  /** @param {string} list @param {string} field @returns {Record<string, any>} */
  #chosen(list, field) {
    const which = this.form.value(field);
    return which === "" ? {} : this.before.properties[list][Number(which)];
  }

  /** @param {Record<string, string>} fields */
  #fill(fields) {
    fillIn(this.form.form, fields);
  }

  /** @param {string} step */
  left(step) {
    if (step === "source" || step === "wrong") this.form.follow();
  }

  /** @param {string} part */
  asks(part) {
    return this.parts.has(/** @type {Part} */ (part));
  }

  /** Does the outline stay that the record has? */
  keepsOutline() {
    const { geometry, properties } = this.before;
    return geometry !== null && geometry.type !== "Point" && this.form.value("accuracy") === properties.location_accuracy && !this.form.value("lat");
  }

  mayBePublished() {
    return !this.parts.has("gone");
  }

  /** @param {string} step @returns {Fault[]} */
  faults(step) {
    if (step === "wrong" && this.parts.size === 0) return [{ pointer: "/wrong", detail: say("form.tick_one") }];
    if (step !== "stage" || !this.parts.has("gone")) return [];
    const reason = this.form.value("gone-reason");
    if (reason === "") return [{ pointer: "/gone", detail: say("form.choose_one") }];
    return reason === "twin" && !this.#twin() ? [{ pointer: "/alike", detail: say("form.no_record") }] : [];
  }

  /** The id of the record of which this is a duplicate; "" for none. */
  #twin() {
    const id = RECORD.exec(this.form.value("gone-of"))?.[1] ?? "";
    return id === this.before.id ? "" : id;
  }

  #made() {
    const ticks = { expected: this.form.isTicked("status-expected"), ownerGone: this.form.isTicked("owner-gone") };
    return correctionOf(this.before, this.form.fields, this.parts, ticks);
  }

  /** @param {string} pointer */
  inTheForm(pointer) {
    if (this.parts.has("gone")) return pointer.replace(/^\/sources\/0/, "/properties/sources/0").replace(/^\/alike.*/, "/alike");
    return inTheForm(pointer.replace(/^\/feature/, ""), this.#made().placed);
  }

  feature() {
    return this.#made().feature;
  }

  comment() {
    const { comment, "source-title": source, "gone-reason": reason } = this.form.fields;
    if (comment) return comment;
    if (!this.parts.has("gone")) return say("form.comment_change", { source });
    return reason === "twin" ? say("form.comment_twin", { other: this.#twin() }) : say("form.comment_never");
  }

  /** @returns {Record<string, unknown>} */
  body() {
    const made = { project: this.before.id, revision: this.revision };
    if (!this.parts.has("gone")) return { kind: "change", ...made, feature: this.feature() };
    const { id: _, ...source } = sourceOf(this.form.fields);
    const twin = this.form.value("gone-reason") === "twin" ? this.#twin() : "";
    return { kind: "delete", ...made, sources: [filled(source)], ...(twin ? { alike: { [twin]: "same" } } : {}) };
  }
}
