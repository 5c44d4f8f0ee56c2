// Is the record there already? Records alike are shown while it is described, and the reader says how each stands to it.

import { recordsAlike } from "./asking.js";
import { bdi, byId, el, fill } from "../base/dom.js";
import { ROOT } from "../base/root.js";
import { has, say } from "../base/texts.js";

const WAIT_MS = 250;
const LEAST_LETTERS = 3;
/** Which fields tell records apart. */
export const TELLING = ["name", "other-names", "country", "kind", "lat", "lon", "accuracy", "owner-name"];
const ANSWERS = /** @type {const} */ (["same", "phase", "different"]);

/** @typedef {import("./asking.js").Alike} Alike */
/** @typedef {import("./draft.js").Answer} Answer */

export class Hints {
  #asking = new AbortController();
  #timer = 0;
  /** @type {Alike[]} */
  #found = [];

  /**
   * @param {() => Record<string, string>} known what has been said of the record
   * @param {Record<string, Answer>} answers @param {() => void} onAnswer
   * @param {(id: string) => void} onInstead when the reader goes to correct a record that is there
   */
  constructor(known, answers, onAnswer, onInstead) {
    this.known = known;
    this.answers = answers;
    this.onAnswer = onAnswer;
    this.onInstead = onInstead;
  }

  /** A little after the last key. */
  look() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.now(), WAIT_MS);
  }

  async now() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const known = this.known();
    const isEnough = (known.name ?? "").length >= LEAST_LETTERS || (known.lat && known.lon);
    const found = isEnough ? await recordsAlike(known, signal).catch(() => []) : [];
    if (signal.aborted) return;
    this.#tell(Array.isArray(found) ? found : []);
  }

  /** @param {Alike[]} found */
  #tell(found) {
    const before = this.#found.map(saidOf).join();
    this.#found = found;
    if (before === found.map(saidOf).join()) return;
    byId("alike").hidden = found.length === 0;
    fill(byId("alike-list"), ...found.map((each) => this.#item(each)));
    byId("alike-said").textContent = found.length ? say("form.alike_found", { count: found.length }) : "";
  }

  /** @param {Alike} record */
  #item(record) {
    const address = `${ROOT}/projects/${encodeURIComponent(record.id)}`;
    const told = [record.kind, record.status].map((code, at) => wordOf(at ? "status" : "kind", code));
    const place = [record.locality, has(`country.${record.country}`) ? say(`country.${record.country}`) : record.country];
    const where = [...told, place.filter(Boolean).join(", "), record.km !== null && say("form.km_away", { km: record.km })];
    const instead = el(
      "p",
      { hidden: this.answers[record.id] !== "same" },
      el("a", { class: "button", href: `${address}/correct`, onclick: () => this.onInstead(record.id) }, say("form.correct_that")),
    );
    return el(
      "li",
      { "data-record": record.id },
      el("a", { href: address, target: "_blank", rel: "noopener" }, bdi(record.name)),
      el("span", { class: "quiet" }, ` ${where.filter(Boolean).join(" · ")}`),
      el("div", { class: "answers", role: "radiogroup", "aria-label": say("form.alike_question", { name: record.name }) }, ...ANSWERS.map((answer) => this.#choice(record.id, answer, instead))),
      instead,
    );
  }

  /** @param {string} id @param {Answer} answer @param {HTMLElement} instead */
  #choice(id, answer, instead) {
    const chosen = () => {
      this.answers[id] = answer;
      instead.hidden = answer !== "same";
      this.onAnswer();
    };
    return el("label", {}, el("input", { type: "radio", name: `alike:${id}`, value: answer, checked: this.answers[id] === answer, onchange: chosen }), say(`form.${answer}`));
  }
}

/** Which record a hint is of, and how far it says that is. @param {Alike} record */
function saidOf({ id, km }) {
  return `${id} ${km ?? ""}`;
}

/** @param {string} name @param {string} code */
function wordOf(name, code) {
  return has(`label.${name}.${code}`) ? say(`label.${name}.${code}`) : code;
}
