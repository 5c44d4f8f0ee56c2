// What is a proposal of a new record made of?

import { featureOf } from "./record.js";
import { say } from "../base/texts.js";

/** @typedef {import("./form.js").AddForm} AddForm */
/** @typedef {import("./problems.js").Fault} Fault */

export class Proposing {
  isCorrection = false;

  /** @param {AddForm} form */
  constructor(form) {
    this.form = form;
  }

  /** What the fields begin with. @returns {Record<string, string>} */
  begun() {
    return {};
  }

  steps() {
    return ["source", "what", "stage", "check"];
  }

  follow() {}

  edited() {}

  /** The day of the report is the day by which it is so, as long as nobody knows better. @param {string} step */
  left(step) {
    const published = this.form.value("source-published");
    if (step !== "source" || !published || this.form.value("status-date")) return;
    /** @type {HTMLInputElement} */ (document.getElementById("status-date")).value = published;
    const basis = /** @type {HTMLSelectElement} */ (document.getElementById("status-basis"));
    basis.value ||= "reported";
    basis.dispatchEvent(new CustomEvent("suggested", { bubbles: true }));
    this.form.follow();
  }

  /** Is a part of the record asked for? @param {string} _part */
  asks(_part) {
    return true;
  }

  keepsOutline() {
    return false;
  }

  mayBePublished() {
    return true;
  }

  /** @param {string} _step @returns {Fault[]} */
  faults(_step) {
    return [];
  }

  /** @param {string} pointer */
  inTheForm(pointer) {
    return pointer.replace(/^\/feature/, "");
  }

  feature() {
    const answers = Object.entries(this.form.draft.alike);
    const wholes = answers.filter(([, answer]) => answer === "phase").map(([id]) => id);
    return featureOf(this.form.fields, this.form.isTicked("status-expected"), wholes);
  }

  comment() {
    const { name, comment, "source-title": source } = this.form.fields;
    return comment || say("form.comment_new", { name, source });
  }

  /** @returns {Record<string, unknown>} */
  body() {
    return { kind: "create", feature: this.feature(), alike: this.form.draft.alike };
  }
}
