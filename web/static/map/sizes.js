// How large is a symbol? Its area is the capacity's share of what is large for the same measure; measures are never compared.

import { NONE } from "../base/asof.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */

export const LARGEST = 34; // pixels across
export const SMALLEST = 9;
export const PLAIN = 12; // without a capacity
const LARGE = 0.95; // of the projects of a measure are not larger than what is drawn largest

export class Sizes {
  /** What is drawn largest, by the measure's position. @type {Float64Array} */
  #large;

  /**
   * By what is known today, so that a size means the same under every filter and on every day.
   * @param {{today: {capacity: Float32Array, measure: Uint8Array}, codes: Record<string, string[]>}} dataset
   */
  constructor({ today, codes }) {
    this.codes = codes.measure;
    this.#large = Float64Array.from(this.codes, (_code, measure) => percentile(amountsOf(today, measure), LARGE));
  }

  /** Pixels across. @param {number} measure its position @param {number} amount NaN where none is known */
  across(measure, amount) {
    if (measure === NONE || !(amount > 0)) return PLAIN;
    const size = LARGEST * Math.sqrt(amount / this.#large[measure]);
    return size < SMALLEST ? SMALLEST : size > LARGEST ? LARGEST : size || PLAIN;
  }

  /** Round amounts that differ visibly, for a legend, the smallest first. @param {string} code of a measure @returns {number[]} */
  samples(code) {
    const large = this.#large[this.codes.indexOf(code)];
    return large > 0 ? [...new Set([large / 10, large / 3, large].map(rounded))] : [];
  }
}

/** Symbols are larger where the map is nearer: all by the same factor. @param {number} zoom */
export function zoomFactor(zoom) {
  if (zoom < 4) return 0.85;
  if (zoom < 6) return 0.95;
  return zoom < 9 ? 1.05 : 1.2;
}

/** @param {{capacity: Float32Array, measure: Uint8Array}} state @param {number} measure */
function amountsOf({ capacity, measure: measures }, measure) {
  return capacity.filter((amount, i) => measures[i] === measure && amount > 0);
}

/** The value that a share of the values does not exceed, NaN of none. @param {Float32Array} values @param {number} share */
export function percentile(values, share) {
  const sorted = values.slice().sort();
  return sorted.length ? sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] : NaN;
}

/** To 1, 2 or 5 times a power of ten. @param {number} value */
function rounded(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  return (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10) * power;
}
