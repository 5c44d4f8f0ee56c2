// What happened to the project, when, and what does somebody only expect?

import { bdi, el } from "../base/dom.js";
import { dateText, firstDay, lastDay } from "../base/words.js";

/** @typedef {import("../base/terms.js").Terms} Terms */
/** @typedef {import("./sources.js").References} References */

/** @param {any[]} events @param {Terms} terms @param {References} refer */
export function history(events, terms, refer) {
  const sorted = inOrder(events);
  const [past, plans] = [sorted.filter((event) => !event.expected), sorted.filter((event) => event.expected)];
  return [
    el("ol", { class: "events" }, ...past.map((event) => item(event, terms, refer))),
    plans.length > 0 && el("h3", {}, "Planned or expected, not happened"),
    plans.length > 0 && el("ol", { class: "events expected" }, ...plans.map((event) => item(event, terms, refer))),
  ];
}

/** Oldest first; where periods overlap (`2024` and `2024-02`), the record's order stays. @param {any[]} events */
function inOrder(events) {
  /** @type {any[]} */
  const ordered = [];
  for (const event of events) {
    let place = ordered.length;
    while (place > 0 && firstDay(ordered[place - 1].date) > lastDay(event.date)) place -= 1;
    ordered.splice(place, 0, event);
  }
  return ordered;
}

/** @param {any} event @param {Terms} terms @param {References} refer */
function item(event, terms, refer) {
  const status =
    event.status && el("strong", {}, `${event.expected ? "Expected: " : ""}${terms.label("status", event.status)}. `);
  return el(
    "li",
    { class: event.status ? "moves" : "" },
    el(
      "div",
      { class: "when" },
      event.date_basis === "reported" && el("span", { class: "quiet" }, "reported "),
      el("time", { datetime: event.date }, dateText(event.date)),
    ),
    el("div", {}, status || null, bdi(event.summary ?? ""), refer(event.sources), basisTag(event, terms)),
  );
}

/** @param {any} event @param {Terms} terms */
function basisTag(event, terms) {
  if (!event.basis || event.basis === "stated") return null;
  const { label, definition } = terms.get("event_basis", event.basis);
  return el("span", { class: "tag", title: definition }, label.toLowerCase());
}

/** The happened event that gave the project its present status. @param {any} properties */
export function deciding(properties) {
  const events = properties.events ?? [];
  return events.find(
    (/** @type {any} */ event) =>
      !event.expected && event.status === properties.status && event.date === properties.status_date,
  );
}
