// Is it right by the rules of the ledger, and how will it look? The server says so, and keeps nothing.

import { checkProposal } from "./asking.js";
import { faultText, markFaults } from "./problems.js";
import { inPlainWords } from "./words.js";
import { byId, el, fill } from "../base/dom.js";
import { articleOf } from "../base/source.js";
import { say } from "../base/texts.js";

/** @typedef {import("./form.js").AddForm} AddForm */
/** @typedef {import("./asking.js").Found} Found */

export class Checks {
  #asked = 0;
  #askedWhole = 0;

  /** @param {AddForm} form */
  constructor(form) {
    this.form = form;
  }

  /** The whole proposal, as it would be sent. @returns {Record<string, unknown>} */
  body() {
    const { task, fields } = this.form;
    const author = byId("author-row").hidden ? "" : fields.author;
    return { ...task.body(), comment: task.comment(), ...(author ? { author } : {}), language: document.documentElement.lang };
  }

  /** Faults of the API as the form says them, at its own fields. @template {import("./problems.js").Fault} F @param {F[]} faults @returns {F[]} */
  inWords(faults) {
    const words = JSON.parse(this.form.form.dataset.words ?? "{}");
    const placed = faults.map((fault) => ({ ...fault, pointer: this.form.task.inTheForm(fault.pointer) }));
    return /** @type {F[]} */ (inPlainWords(placed, this.form.task.asks("place") && !this.form.task.keepsOutline() ? this.form.fields : null, words));
  }

  /** Says at fields that were filled in what is wrong there. @param {ReadonlySet<string>} touched */
  async live(touched) {
    const asked = (this.#asked += 1);
    const { status, answer } = await checkProposal(this.body()).catch(() => ({ status: 0, answer: {} }));
    if (asked !== this.#asked || status !== 200) return;
    markFaults(this.inWords(answer.faults).filter(isTold), touched);
  }

  /** Shows the record as it will look, and what is wrong or odd about it. */
  async whole() {
    const asked = (this.#askedWhole += 1);
    fill(byId("doubts"), el("p", { class: "quiet" }, say("form.checking")));
    byId("preview").hidden = true;
    byId("no-preview").hidden = true;
    const { status, answer } = await checkProposal(this.body()).catch(() => ({ status: 0, answer: {} }));
    if (asked !== this.#askedWhole) return;
    const isGone = this.form.task.isCorrection && this.form.task.asks("gone");
    const faults = status === 200 ? this.inWords(/** @type {Found[]} */ (answer.faults)) : [];
    const doubts = faults.filter(isTold);
    fill(byId("doubts"), doubts.length > 0 && el("p", {}, el("strong", {}, say("form.doubts"))), doubts.length > 0 && el("ul", {}, ...doubts.map((each) => el("li", {}, faultText(each)))));
    const article = answer.html ? articleOf(answer.html) : null;
    byId("preview").hidden = article === null;
    fill(byId("preview"), article);
    byId("no-preview").hidden = article !== null || doubts.some(({ severity }) => severity === "error");
    byId("no-preview").textContent = say(isGone ? "form.no_preview_gone" : "form.no_preview");
  }
}

/** Notes are for the readers of a record. @param {import("./problems.js").Fault} fault */
function isTold({ severity }) {
  return severity !== "note";
}
