// What do the chosen projects look like together? Charts of exactly the selection.

import { el, fill } from "../base/dom.js";
import { say } from "../base/texts.js";
import { announcedPicture } from "../charts/announced.js";
import { capacitiesPicture } from "../charts/capacities.js";
import { Figure } from "../charts/figure.js";
import { readScope, scopeOptions } from "../charts/scope.js";
import { stagesPicture } from "../charts/stages.js";
import { startsPicture } from "../charts/starts.js";
import { leftOutText, sumsOf, sumsText } from "../find/sums.js";

/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("../find/select.js").Selection} Selection */

/** @param {HTMLElement} root @param {Context} context @returns {import("./context.js").View} */
export function chartsView(root, context) {
  const charts = new Charts(root, context);
  return { update: (selection) => charts.update(selection) };
}

class Charts {
  /** @type {Context} */
  #context;
  #headline = el("div", { class: "charts-headline" });
  #measure = el("select", { onchange: () => this.#keep("measure", this.#measure.value) });
  #scope = el("select", { onchange: () => this.#keep("of", this.#scope.value) });
  #stages = new Figure("stages");
  #capacities = new Figure("capacities");
  #announced;
  #starts = new Figure("starts");
  /** @type {Uint32Array} */
  #rows = new Uint32Array(0);
  #width = 0;

  /** @param {HTMLElement} root @param {Context} context */
  constructor(root, context) {
    this.#context = context;
    this.#announced = new Figure("announced", labelled("charts.scope", this.#scope));
    root.classList.add("charts");
    fill(
      root,
      this.#headline,
      this.#stages.element,
      labelled("charts.measure", this.#measure),
      this.#announced.element,
      this.#capacities.element,
      this.#starts.element,
    );
    new ResizeObserver(() => this.#resized()).observe(root);
  }

  /** @param {Selection} selection */
  update({ rows }) {
    this.#rows = rows;
    this.#width = this.#widthOfFigures();
    const { dataset, open, state } = this.#context;
    const { view } = state.choices;
    const measure = this.#showMeasures(view.measure);
    const scope = readScope(view.of);
    const wanted = measure === null ? -1 : dataset.codes.measure.indexOf(measure.code);
    const stating = rows.filter((i) => dataset.now.measure[i] === wanted);
    fill(this.#scope, ...scopeOptions(dataset, stating, view.of ?? ""));
    this.#sayHeadline();
    this.#stages.show(stagesPicture(dataset, rows), this.#width);
    this.#announced.show(announcedPicture(dataset, rows, measure, scope), this.#width);
    this.#capacities.show(capacitiesPicture(dataset, rows, measure), this.#width);
    this.#starts.show(startsPicture(dataset, rows, open), this.#width);
  }

  #sayHeadline() {
    const { dataset } = this.#context;
    const count = this.#rows.length;
    const [sums, leftOut] = [sumsText(dataset, this.#rows), leftOutText(dataset, this.#rows)];
    fill(
      this.#headline,
      el("h2", {}, count === 0 ? say("list.none") : say("charts.heading", { count })),
      sums !== "" && el("p", {}, sums),
      sums !== "" && leftOut !== "" && el("p", { class: "quiet" }, leftOut),
    );
  }

  /** The families that the rows state, and that which is shown: the asked one, or that of most rows. @param {string | undefined} asked */
  #showMeasures(asked) {
    const { dataset } = this.#context;
    const families = sumsOf(dataset, this.#rows);
    const shown = families.find(({ measure }) => measure === asked) ?? families[0];
    const options = families.map(({ measure, rows }) => {
      const label = say("charts.measure_of", { label: dataset.termOf("measure", measure).label, count: rows });
      return el("option", { value: measure, selected: measure === shown.measure }, label);
    });
    fill(this.#measure, ...options);
    /** @type {HTMLElement} */ (this.#measure.parentElement).hidden = options.length === 0;
    return shown ? dataset.termOf("measure", shown.measure) : null;
  }

  /** @param {string} name @param {string} value */
  #keep(name, value) {
    this.#context.state.keep(name, value);
  }

  #widthOfFigures() {
    return this.#stages.element.clientWidth;
  }

  #resized() {
    const width = this.#widthOfFigures();
    if (width === this.#width || width === 0) return;
    this.#width = width;
    for (const figure of [this.#stages, this.#announced, this.#capacities, this.#starts]) figure.draw(width);
  }
}

/** @param {string} key @param {HTMLSelectElement} select */
function labelled(key, select) {
  return el("label", { class: "chart-choice" }, say(key), " ", select);
}
