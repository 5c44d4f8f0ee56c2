// How does what somebody fills in become a proposal, step by step?

import { Hints, TELLING } from "./alike.js";
import { whoAsks } from "./asking.js";
import { Checks } from "./checking.js";
import { emptyDraft, fillIn, forgetDraft, keepDraft, keptDraft, valuesOf } from "./draft.js";
import { degreesOf, isoDate } from "./numbers.js";
import { placeMap } from "./place.js";
import { clearFault, clearFaults, showFaults } from "./problems.js";
import { Correcting } from "./correcting.js";
import { Proposing } from "./proposing.js";
import { placeSearch } from "./search.js";
import { Sending } from "./sending.js";
import { followAddress } from "./source.js";
import { Steps } from "./steps.js";
import { groupingFaults, placeFaults } from "./words.js";
import { byId } from "../base/dom.js";
import { readTexts, say } from "../base/texts.js";

const DATES = ["source-published", "status-date", "event-date"];
const KEEP_MS = 150;
const CHECK_MS = 500;

/** @typedef {import("./problems.js").Fault} Fault */
/** @typedef {Record<string, string>} Fields */

/** @param {string} id */
function input(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}

class Form {
  form = /** @type {HTMLFormElement} */ (byId("add-form"));
  #touched = new Set();
  #timer = 0;
  #isOver = false;
  mayPropose = this.form.dataset.open === "true";

  constructor() {
    const record = document.getElementById("record");
    const kept = record && JSON.parse(record.textContent ?? "null");
    this.name = kept ? `correct:${kept.feature.id}` : "add";
    this.draft = keptDraft(this.name);
    this.task = kept ? new Correcting(this, kept) : new Proposing(this);
    fillIn(this.form, { ...this.task.begun(), ...this.draft.fields });
    this.source = followAddress();
    this.checks = new Checks(this);
    this.sending = new Sending(this);
    this.steps = new Steps(this.form, () => this.task.steps(), (step) => this.#shown(step));
    this.followPlace = placeMap(byId("place-map"), { lat: input("lat"), lon: input("lon") }, this.#list("country"), () => this.value("accuracy"));
    this.hints = new Hints(() => this.#telling(), this.draft.alike, () => this.keep(), (id) => this.#takeAlong(id));
  }

  /** The fields' texts. @returns {Fields} */
  get fields() {
    const values = Object.entries(valuesOf(this.form)).filter((each) => typeof each[1] === "string");
    return /** @type {Fields} */ (Object.fromEntries(values));
  }

  /** @param {string} name */
  value(name) {
    return this.fields[name] ?? "";
  }

  /** @param {string} id */
  isTicked(id) {
    const field = /** @type {HTMLInputElement | null} */ (document.getElementById(id));
    return field?.checked ?? false;
  }

  begin() {
    placeSearch((place) => this.#take(place), (lat, lon) => this.#place(lat, lon, "site"));
    this.#listen();
    this.follow();
    this.steps.show(this.draft.step, false);
    byId("kept").hidden = Object.keys(this.draft.fields).length === 0;
    addEventListener("pageshow", () => this.follow()); // a browser that goes back fills fields in after this
    if (!this.task.isCorrection) void this.hints.now();
    void this.#greet();
  }

  /** Who may not propose here is told so before anything is filled in. */
  async #greet() {
    const person = await whoAsks();
    const rights = person?.rights ?? [];
    this.mayPropose ||= rights.includes("propose");
    byId("who").hidden = this.mayPropose;
    const here = location.pathname + location.search;
    /** @type {HTMLAnchorElement} */ (byId("who-sign-in")).href += `?${new URLSearchParams({ to: here })}`;
    byId("author-row").hidden = person !== null;
    byId("publish").hidden = !(rights.includes("change") && this.task.mayBePublished());
    this.form.dataset.known = "true";
    this.sending.resume();
  }

  /** Brings everything up to the fields' present values. */
  follow() {
    for (const list of this.#lists()) define(list);
    this.task.follow();
    this.followPlace();
    this.steps.tell();
  }

  keep() {
    if (this.#isOver) return;
    this.draft.fields = valuesOf(this.form);
    this.draft.step = this.steps.shown;
    keepDraft(this.name, this.draft);
  }

  /** Nothing of it is left on this device. */
  end() {
    this.#isOver = true;
    forgetDraft(this.name);
    this.form.hidden = true;
    for (const id of ["steps", "lead", "kept"]) byId(id).hidden = true;
  }

  /** @param {string} title @param {Fault[]} faults */
  tell(title, faults) {
    showFaults(title, faults, (field) => {
      this.steps.showOf(field);
      field.closest("details")?.setAttribute("open", "");
    });
  }

  #listen() {
    let timer = 0;
    for (const type of ["input", "change", "suggested"])
      this.form.addEventListener(type, (event) => {
        this.#edited(event);
        clearTimeout(timer);
        timer = window.setTimeout(() => this.keep(), KEEP_MS);
      });
    addEventListener("pagehide", () => this.keep());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void (this.steps.isLast ? this.send() : this.goOn());
    });
    byId("publish").addEventListener("click", () => void this.send(true));
    byId("forget").addEventListener("click", () => {
      this.#isOver = true;
      forgetDraft(this.name);
      this.form.reset();
      location.reload();
    });
  }

  /** @param {Event} event */
  #edited({ target, type }) {
    const field = /** @type {HTMLInputElement} */ (target);
    const name = field.name || field.id;
    if (type === "change") this.#tidy(name);
    clearFault(name);
    if (type === "suggested") return;
    if (type === "change") this.#touched.add(name);
    if (field instanceof HTMLSelectElement && "defined" in field.dataset) define(field);
    this.task.edited(name, type);
    if (TELLING.includes(name) && !this.task.isCorrection) this.hints.look();
    if (type === "change" && this.mayPropose) this.#checkSoon();
  }

  /** The rules of the ledger are asked about what is there, a little after it was filled in. */
  #checkSoon() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.checks.live(this.#touched), CHECK_MS);
  }

  /** Days become ISO dates. @param {string} name */
  #tidy(name) {
    if (DATES.includes(name)) input(name).value = isoDate(input(name).value);
  }

  /** Goes to the next step, if this one is filled in and the source is one. */
  async goOn() {
    clearFaults();
    const step = this.steps.shown;
    if (step === "source") await this.source.settled();
    const faults = this.#ownFaults(step);
    if (faults.length > 0) return this.tell(say("form.missing_title"), faults);
    this.task.left(step);
    this.steps.next();
    this.keep();
  }

  /** @param {boolean} [isAtOnce] */
  async send(isAtOnce = false) {
    clearFaults();
    const faults = this.task.steps().flatMap((step) => this.#ownFaults(step));
    if (faults.length > 0) return this.tell(say("form.missing_title"), faults);
    await this.sending.send(isAtOnce);
  }

  /** What can be said without asking the server. @param {string} step @returns {Fault[]} */
  #ownFaults(step) {
    const root = /** @type {HTMLElement} */ (this.form.querySelector(`.step[data-step="${step}"]`));
    const missing = this.#missing(root);
    const refusal = step === "source" && this.source.refusal();
    const refused = refusal && this.value("source-url") ? [{ pointer: "/properties/sources/0/url", detail: refusal }] : [];
    const f = this.fields;
    const unclear = groupingFaults(f).filter(({ pointer }) => isOf(root, pointer));
    const ofPlace = step === "what" && this.task.asks("place") && !this.task.keepsOutline() ? placeFaults(f) : [];
    return [...missing, ...refused, ...unclear, ...ofPlace, ...this.task.faults(step)];
  }

  /** @param {HTMLElement} root @returns {Fault[]} */
  #missing(root) {
    const required = Array.from(root.querySelectorAll("[aria-required]"), (field) => /** @type {HTMLInputElement} */ (field));
    const asked = required.filter((field) => this.#isAsked(field));
    const isPlan = this.isTicked("status-expected"); // which has not happened, by whatever day
    const empty = asked.filter(({ id }) => this.value(id) === "" && !(isPlan && id === "status-basis"));
    return empty.map(({ id }) => ({ pointer: String(byId(`${id}-error`).dataset.pointer), detail: say("form.missing") }));
  }

  /** @param {Element} field */
  #isAsked(field) {
    const part = /** @type {HTMLElement | null} */ (field.closest("[data-part]"))?.dataset.part;
    return part === undefined || this.task.asks(part);
  }

  /** @param {string} step */
  #shown(step) {
    if (step === "what") this.followPlace();
    if (step === "check") void this.checks.whole();
  }

  /** @returns {Fields} */
  #telling() {
    const f = this.fields;
    const [lat, lon] = [degreesOf(f.lat, "lat"), degreesOf(f.lon, "lon")];
    const isPlaced = ["site", "locality"].includes(f.accuracy) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    const point = isPlaced ? { lat: String(lat), lon: String(lon) } : {};
    const said = { name: f.name, other_name: f["other-names"].split(/[;；]/)[0].trim(), country: f.country, kind: f.kind, owner: f["owner-name"], ...point };
    return Object.fromEntries(Object.entries(said).filter(([, text]) => text).map(([name, text]) => [name, text.slice(0, 200)]));
  }

  /** A place of the gazetteer. @param {import("./asking.js").Place} place */
  #take(place) {
    if (place.kind !== "country") input(place.kind === "town" ? "locality" : "region").value = place.name;
    if (place.radius_km) input("radius").value = String(place.radius_km);
    this.#list("country").value = place.country;
    const accuracy = { town: "locality", region: "region", country: "country" }[place.kind];
    this.#place(String(place.latitude ?? ""), String(place.longitude ?? ""), accuracy);
  }

  /** @param {string} lat @param {string} lon @param {string} accuracy */
  #place(lat, lon, accuracy) {
    [input("lat").value, input("lon").value] = [lat, lon];
    const chosen = input(`accuracy-${accuracy}`);
    chosen.checked = true;
    chosen.dispatchEvent(new Event("change", { bubbles: true }));
    for (const name of ["lat", "lon", "country"]) clearFault(name);
  }

  /** The source that was given goes along to the correction of a record that is there. @param {string} id */
  #takeAlong(id) {
    const ofSource = Object.entries(valuesOf(this.form)).filter(([name]) => name.startsWith("source-"));
    keepDraft(`correct:${id}`, { ...emptyDraft(), fields: Object.fromEntries(ofSource), step: "wrong" });
  }

  /** @param {string} id */
  #list(id) {
    return /** @type {HTMLSelectElement} */ (byId(id));
  }

  /** @returns {HTMLSelectElement[]} */
  #lists() {
    return Array.from(this.form.querySelectorAll("select[data-defined]"));
  }
}

/** Shows the chosen word's definition under its list of words. @param {HTMLSelectElement} list */
function define(list) {
  byId(`${list.id}-hint`).textContent = list.selectedOptions[0]?.dataset.definition ?? "";
}

/** @param {HTMLElement} root @param {string} pointer */
function isOf(root, pointer) {
  return root.querySelector(`[data-pointer="${pointer}"]`) !== null;
}

readTexts();
new Form().begin();

/** @typedef {InstanceType<typeof Form>} AddForm */
