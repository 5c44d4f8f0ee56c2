// Which period does the reader ask for, and how is the API asked for its events?

import { IS_PUBLISHED, ROOT } from "../base/root.js";
import { filterParameters } from "../find/url.js";

/** First and last date of reduced precision; "" where it is open. @typedef {{from: string, to: string}} Period */
/** @typedef {{title: string, url: string | null, publisher: string | null}} Source */
/**
 * An event as the API answers it.
 * @typedef {object} Event
 * @property {string} record_id
 * @property {string} record_name
 * @property {string} kind
 * @property {string} country
 * @property {string} date
 * @property {string} date_basis
 * @property {string} type
 * @property {string | null} status
 * @property {boolean} expected
 * @property {string} summary
 * @property {Source[]} sources
 */

export const EVENTS = `${ROOT}/api/collections/projects/events${IS_PUBLISHED ? ".bin" : ""}`;
const DATE = /^\d{4}(-\d{2}(-\d{2})?)?$/;

/** @param {Date} now @returns {{name: string, period: Period}[]} */
export function presets(now) {
  const year = now.getUTCFullYear();
  const month = new Date(now.getTime() - 30 * 86_400_000).toISOString().slice(0, 10);
  return [
    { name: "days_30", period: { from: month, to: "" } },
    { name: "this_year", period: { from: String(year), to: String(year) } },
    { name: "last_year", period: { from: String(year - 1), to: String(year - 1) } },
    { name: "all", period: { from: "", to: "" } },
  ];
}

/** The period in the address; what is no date is none. @param {Readonly<Record<string, string>>} view @returns {Period} */
export function periodOf({ from = "", to = "" }) {
  return { from: DATE.test(from) ? from : "", to: DATE.test(to) ? to : "" };
}

/** @param {Period} period */
export function isBackwards({ from, to }) {
  return from !== "" && to !== "" && from > dayAt(to, "end");
}

/** The first or the last day of a date of reduced precision. @param {string} date @param {"start" | "end"} which */
export function dayAt(date, which) {
  if (!date || date.length === 10) return date;
  const [year, month] = date.split("-").map(Number);
  if (which === "start") return `${date}${date.length === 4 ? "-01" : ""}-01`;
  return new Date(Date.UTC(year, month || 12, 0)).toISOString().slice(0, 10);
}

/**
 * The address of the events; nothing after the date that is shown counts as having happened.
 * @param {import("../find/choices.js").Choices} choices @param {import("../find/url.js").Known["groups"]} groups
 * @param {boolean} expected @param {string} [form]
 */
export function addressOf(choices, groups, expected, form) {
  const { from, to } = periodOf(choices.view);
  const last = expected ? to : earlier(to, choices.as_of ?? "");
  const asked = new URLSearchParams(filterParameters(choices, groups));
  if (choices.as_of) asked.set("as_of", choices.as_of);
  asked.set("expected", String(expected));
  if (from) asked.set("from", from);
  if (last) asked.set("to", last);
  if (form) asked.set("f", form);
  return `${EVENTS}?${asked}`;
}

/** The one that ends first, where both are given. @param {string} one @param {string} other */
function earlier(one, other) {
  if (!one || !other) return one || other;
  return dayAt(one, "end") <= dayAt(other, "end") ? one : other;
}

/** Events by month, or by year where they name none, as they follow one another. @param {readonly Event[]} events @returns {{month: string, events: Event[]}[]} */
export function byMonth(events) {
  /** @type {{month: string, events: Event[]}[]} */
  const groups = [];
  for (const event of events) {
    const month = event.date.slice(0, 7);
    const last = groups.at(-1);
    if (last?.month === month) last.events.push(event);
    else groups.push({ month, events: [event] });
  }
  return groups;
}

/** The host of an http(s) address; null for any other. @param {string | null | undefined} address */
export function hostOf(address) {
  const url = address && URL.canParse(address) ? new URL(address) : null;
  return url && ["http:", "https:"].includes(url.protocol) ? url.host : null;
}
