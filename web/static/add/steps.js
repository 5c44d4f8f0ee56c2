// Which step of the form is shown, and how does one go on and back?

import { byId, el, fill } from "../base/dom.js";
import { say } from "../base/texts.js";

export class Steps {
  #shown = "";

  /**
   * @param {HTMLFormElement} form @param {() => string[]} order the steps that there are now
   * @param {(step: string) => void} onShow
   */
  constructor(form, order, onShow) {
    this.form = form;
    this.order = order;
    this.onShow = onShow;
    form.addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest(".back")) this.show(this.#beside(-1));
    });
  }

  get shown() {
    return this.#shown;
  }

  get isLast() {
    return this.order().at(-1) === this.#shown;
  }

  next() {
    this.show(this.#beside(1));
  }

  /** @param {number} by */
  #beside(by) {
    const order = this.order();
    return order[Math.min(Math.max(order.indexOf(this.#shown) + by, 0), order.length - 1)];
  }

  /** The reader's focus follows, unless the page has only just come. @param {string} step @param {boolean} [isFollowed] */
  show(step, isFollowed = true) {
    const order = this.order();
    this.#shown = order.includes(step) ? step : order[0];
    for (const each of this.#all()) each.hidden = each.dataset.step !== this.#shown;
    this.tell();
    this.onShow(this.#shown);
    const legend = this.#element(this.#shown)?.querySelector("legend");
    if (isFollowed && legend) {
      legend.focus({ preventScroll: true });
      byId("steps").scrollIntoView({ block: "start" });
    }
  }

  /** Shows the step that a field is of. @param {Element} field */
  showOf(field) {
    const step = /** @type {HTMLElement | null} */ (field.closest(".step"))?.dataset.step;
    if (step && step !== this.#shown) this.show(step, false);
  }

  /** Says which steps there are, and which one this is. */
  tell() {
    const order = this.order();
    const at = order.indexOf(this.#shown);
    const steps = order.map((step, place) =>
      el(
        "li",
        { class: place < at ? "done" : "", "aria-current": place === at ? "step" : null },
        this.#element(step)?.dataset.title ?? step,
        place < at && el("span", { class: "visually-hidden" }, ` (${say("form.step_done")})`),
      ),
    );
    fill(byId("steps"), ...steps);
  }

  /** @returns {HTMLElement[]} */
  #all() {
    return Array.from(this.form.querySelectorAll(".step"));
  }

  /** @param {string} step @returns {HTMLElement | null} */
  #element(step) {
    return this.form.querySelector(`.step[data-step="${step}"]`);
  }
}
