// How does a proposal reach the server, also over a bad network, and never twice?

import { addRecord, replaceRecord, sendProposal } from "./asking.js";
import { clearFaults } from "./problems.js";
import { byId, el, fill } from "../base/dom.js";
import { ROOT } from "../base/root.js";
import { say } from "../base/texts.js";

/** @typedef {import("./form.js").AddForm} AddForm */
/** @typedef {import("./draft.js").Waiting} Waiting */
/** @typedef {import("./asking.js").Answered} Answered */

const UNKNOWN = [401, 403];
const LATER = [429, 502, 503, 504];
const AGAIN_MS = 20_000;

export class Sending {
  #timer = 0;
  #isAtWork = false;

  /** @param {AddForm} form */
  constructor(form) {
    this.form = form;
    addEventListener("online", () => this.resume());
  }

  /** What waits for the network is sent. */
  resume() {
    const { waiting } = this.form.draft;
    if (!waiting) return;
    this.#tellThatItWaits();
    void this.#propose(waiting);
  }

  /** @param {boolean} isAtOnce whether an editor publishes it */
  async send(isAtOnce) {
    if (this.#isAtWork) return;
    if (isAtOnce) return this.#publish();
    // The name stays while it waits: of a proposal that was received and not answered there is one.
    const waiting = { body: this.form.checks.body(), once: nameOnce() };
    this.form.draft.waiting = waiting;
    this.form.keep();
    await this.#propose(waiting);
  }

  /** @param {Waiting} waiting */
  async #propose(waiting) {
    const sent = await this.#atWork(() => sendProposal(waiting.body, waiting.once));
    if (sent === null) return;
    if (sent.status === 0 || LATER.includes(sent.status)) return this.#wait();
    this.#stopWaiting();
    if (sent.status !== 202) return this.#refused(sent);
    const { id, token } = sent.answer;
    // With the token its author answers and withdraws it; behind the # no server is told of it.
    this.#celebrate(say("form.proposed"), [["strong", `${ROOT}/proposals/${id}#token=${encodeURIComponent(token)}`, say("form.follow")]]);
  }

  async #publish() {
    const { task } = this.form;
    const comment = task.comment();
    const sent = await this.#atWork(() =>
      "before" in task
        ? replaceRecord(task.before.id, task.revision, task.feature(), comment)
        : addRecord(task.feature(), comment, nameOnce()),
    );
    if (sent === null) return;
    if (sent.status === 0) return this.form.tell(say("form.not_added"), [{ pointer: "", detail: say("form.unreachable") }]);
    if (sent.status === 412) return this.form.tell(say("form.not_added"), [{ pointer: "", detail: say("form.overtaken") }]);
    if (sent.status !== 201 && sent.status !== 200) return this.#refused(sent);
    const { id, warnings = [] } = sent.answer;
    const address = encodeURIComponent(id);
    const links = [["strong", `${ROOT}/projects/${address}`, say("form.open")], ["", `${ROOT}/#rec=${address}`, say("form.on_map")]];
    this.#celebrate(say("form.added"), links, warnings);
  }

  /** Null where it is at work already; the status 0 where nothing could be reached. @param {() => Promise<Answered>} ask */
  async #atWork(ask) {
    if (this.#isAtWork) return null;
    this.#isAtWork = true;
    const button = /** @type {HTMLButtonElement} */ (byId("send"));
    button.disabled = true;
    button.textContent = say("form.sending");
    const sent = await ask().catch(() => ({ status: 0, answer: {} }));
    button.disabled = false;
    button.textContent = say("form.send");
    this.#isAtWork = false;
    return sent;
  }

  #wait() {
    this.#tellThatItWaits();
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.resume(), AGAIN_MS); // some networks come back without a word
  }

  /** What waits is not changed: that would be another proposal. */
  #tellThatItWaits() {
    if (!byId("waiting").hidden) return;
    this.form.form.hidden = true;
    const again = el("button", { type: "button", class: "strong", id: "try-now", onclick: () => this.resume() }, say("form.try_now"));
    const change = el("button", { type: "button", id: "change-it", onclick: () => this.#stopWaiting() }, say("form.change_it"));
    fill(byId("waiting"), el("p", {}, say("form.waiting")), el("p", { class: "actions" }, again, change));
    byId("waiting").hidden = false;
    byId("waiting").focus();
  }

  #stopWaiting() {
    clearTimeout(this.#timer);
    this.form.draft.waiting = null;
    this.form.keep();
    byId("waiting").hidden = true;
    this.form.form.hidden = false;
  }

  /** @param {Answered} sent */
  #refused({ status, answer }) {
    const title = say("form.not_added");
    if (UNKNOWN.includes(status)) {
      byId("who").hidden = false;
      return this.form.tell(title, [{ pointer: "", detail: answer.detail ?? say("form.sign_in_first") }]);
    }
    const told = answer.errors?.length ? this.form.checks.inWords(answer.errors) : [{ pointer: "", detail: answer.detail ?? say("form.answered", { status: String(status) }) }];
    return this.form.tell(answer.title ?? title, told);
  }

  /** @param {string} text @param {string[][]} links @param {{detail: string}[]} [warnings] what the server took and finds odd */
  #celebrate(text, links, warnings = []) {
    clearFaults();
    this.form.end();
    const another = ["", `${ROOT}/add`, say("form.add_another")];
    const actions = [...links, another].map(([kind, href, said]) => el("a", { class: `button ${kind}`, href }, said));
    const odd = warnings.map(({ detail }) => el("p", { class: "warning" }, detail));
    const kept = links.filter(([, href]) => href.includes("#token=")).map(([, href]) => el("p", {}, el("code", { class: "secret" }, new URL(href, location.href).href)));
    fill(byId("done"), el("strong", {}, text), ...kept, ...odd, el("p", { class: "actions" }, ...actions));
    byId("done").hidden = false;
    byId("done").focus();
  }
}

/** A name that nobody has used; a page that came without TLS has no randomUUID. */
function nameOnce() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
