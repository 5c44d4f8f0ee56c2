// What is one project, to a list, a tip or a panel that shows it? A view of the columns, made when it is asked for.

import { NONE, lastDay, today } from "./asof.js";

/** @typedef {import("./dataset.js").Dataset} Dataset */
/** @typedef {import("./dataset.js").Term} Term */
/** A figure within one family of units. @typedef {{amount: number, measure: Term, basis: Term}} Capacity */

export class Row {
  #data;

  /** @param {Dataset} data @param {number} index */
  constructor(data, index) {
    this.#data = data;
    this.index = index;
  }

  get id() {
    return this.#data.told.ids[this.index];
  }

  get name() {
    return this.#data.told.names[this.index];
  }

  get owners() {
    return this.#data.told.owners[this.index];
  }

  get kind() {
    return this.#data.term("kind", this.#data.kind[this.index]);
  }

  get status() {
    return this.#data.term("status", this.#data.now.status[this.index]);
  }

  get accuracy() {
    return this.#data.term("location_accuracy", this.#data.accuracy[this.index]);
  }

  /** ISO 3166-1 alpha-2. */
  get country() {
    return this.#data.codes.country[this.#data.country[this.index]];
  }

  get countryName() {
    return this.#data.countryName(this.country);
  }

  get region() {
    const { regions, region } = this.#data.told;
    return regions[region[this.index]] ?? "";
  }

  get hasPoint() {
    return this.#data.hasPoint(this.index);
  }

  get isCountryWide() {
    return this.#data.isCountryWide(this.index);
  }

  /** NaN without a point, as are `lon`, `x` and `y`. */
  get lat() {
    return this.#data.lat[this.index];
  }

  get lon() {
    return this.#data.lon[this.index];
  }

  get x() {
    return this.#data.x[this.index];
  }

  get y() {
    return this.#data.y[this.index];
  }

  /** Kilometres; NaN where none are stated. */
  get radius() {
    return this.#data.told.radius[this.index];
  }

  /** @returns {Capacity | null} */
  get capacity() {
    const { now } = this.#data;
    const amount = now.capacity[this.index];
    if (Number.isNaN(amount) || now.measure[this.index] === NONE) return null;
    return {
      amount: Number(amount.toPrecision(7)),
      measure: this.#data.term("measure", now.measure[this.index]),
      basis: this.#data.term("capacity_basis", now.capacityBasis[this.index]),
    };
  }

  /** The date of the stage, "" for none. */
  get since() {
    return this.#date("since");
  }

  /** @returns {Term | null} what the date of the stage is */
  get sinceBasis() {
    const basis = this.#step("sinceBasis");
    return basis === NONE ? null : this.#data.term("status_date_basis", basis);
  }

  /** The newest source for the stage, "" for none. */
  get newest() {
    return this.#date("newest");
  }

  /** Not confirmed for over 24 months. */
  get isStale() {
    const { date } = this.#data.now;
    return this.#step("staleFrom") <= (date === null ? today() : lastDay(date));
  }

  /** Dates, "" where none is known: the start itself, a date by which it operated, the newest plan. */
  get start() {
    return { actual: this.#date("actual"), by: this.#date("by"), planned: this.#date("planned") };
  }

  /** Planned starts in the order in which they were told. */
  get plans() {
    const { plans, dates } = this.#data.told;
    return Array.from(plans.values.subarray(plans.starts[this.index], plans.starts[this.index + 1]), (at) => dates[at]);
  }

  /** How many sources it has. */
  get sources() {
    return this.#data.told.sources[this.index];
  }

  /** @param {"since" | "newest" | "planned" | "actual" | "by"} column */
  #date(column) {
    return this.#data.told.dates[this.#step(column)];
  }

  /** @param {"since" | "newest" | "planned" | "actual" | "by" | "sinceBasis" | "staleFrom"} column */
  #step(column) {
    const { step } = this.#data.now;
    return this.#data.told.steps[column][step === null ? 0 : step[this.index]];
  }
}
