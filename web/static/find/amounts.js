// How is an amount of a unit family said?

import { compactText, numberText, say } from "../base/texts.js";

/** @typedef {import("../base/dataset.js").Term} Term */

const DIGITS = 3; // a sum of rough figures has no more that mean anything
const PLAIN = 1e7; // from here on a number is said in millions: square metres would have ten digits

/** A sum without its unit, to three digits. @param {number} amount */
export function roundText(amount) {
  return amount < PLAIN ? numberText(Number(amount.toPrecision(DIGITS))) : compactText(amount, DIGITS);
}

/** A sum with its unit: `1,020 GWh a year`. @param {Term} measure @param {number} amount */
export function amountText(measure, amount) {
  return say("list.amount", { amount: roundText(amount), unit: measure.unit ?? "" });
}

/** A sum without the noise of adding. @param {number} amount */
export function exact(amount) {
  return Number(amount.toPrecision(6));
}
