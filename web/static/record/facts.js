// What is known of a project, each fact with the sources it rests on?

import { bdi, el } from "../base/dom.js";
import { dateText, lastDay, numberText } from "../base/words.js";

/** @typedef {import("../base/terms.js").Terms} Terms */
/** @typedef {import("./sources.js").References} References */
/**
 * `open` makes the button that opens another record. @typedef {{terms: Terms, refer: References, open: (id: string) => Node}} Context
 */

const BACKWARDS = /** @type {Record<string, string>} */ ({
  supplies: "Supplied by",
  part_of: "Includes",
  follows_from: "Led to",
  replaces: "Replaced by",
  same_site: "Same site",
});
const QUALIFIED = /** @type {Record<string, string>} */ ({
  about: "about ",
  at_least: "at least ",
  at_most: "at most ",
});

/** @param {any} feature @param {Context} context */
export function facts(feature, context) {
  const p = feature.properties;
  const links = [
    ...(p.links ?? []).map((/** @type {any} */ link) => linkFact(link, context)),
    ...(feature.incoming ?? []).map((/** @type {any} */ link) => backFact(link, context)),
  ];
  return el(
    "dl",
    { class: "facts" },
    ...fact("Kind", [new Text(context.terms.label("kind", p.kind))], context.terms.get("kind", p.kind).definition),
    ...ownerFacts(p.owners ?? [], context),
    ...fact(
      "Capacity",
      (p.capacities ?? []).map((/** @type {any} */ each) => capacity(each, context)),
    ),
    ...startFacts(p, context),
    ...optional(
      "Resource",
      (p.resource ?? []).map((/** @type {any} */ each) => resource(each, context)),
    ),
    ...optional(
      "Investment",
      (p.investment ?? []).map((/** @type {any} */ each) => investment(each, context)),
    ),
    ...links.flat(),
    ...optional(
      "Also in",
      (p.external_ids ?? []).map((/** @type {any} */ known) => bdi(`${context.terms.label("dataset", known.dataset)} ${known.id}`)),
    ),
    ...optional("Also called", (p.other_names ?? []).map(bdi)),
  );
}

/** @param {string} title @param {Node[]} values @param {string} [definition] */
function fact(title, values, definition = "") {
  const shown = values.length ? values : [el("span", { class: "quiet" }, "not stated")];
  return [el("dt", { title: definition || null }, title), el("dd", {}, ...shown.map((value) => el("div", {}, value)))];
}

/** @param {string} title @param {Node[]} values */
function optional(title, values) {
  return values.length ? fact(title, values) : [];
}

/** One line for each role, its label before the names. @param {any[]} owners @param {Context} context */
function ownerFacts(owners, context) {
  if (owners.length === 0) return fact("Owner", []);
  const roles = [...new Set(owners.map(({ role }) => role))];
  return roles.flatMap((role) =>
    fact(
      context.terms.label("owner_role", role),
      owners.filter((each) => each.role === role).map((each) => owner(each, context)),
    ),
  );
}

/** @param {any} each @param {Context} context */
function owner(each, { refer }) {
  const notes = [
    each.share_pct && `${numberText(each.share_pct)}\u00a0%`,
    each.pending && "agreed, not closed",
    each.as_of && `as of ${dateText(each.as_of)}`,
  ].filter(Boolean);
  return line([bdi(each.name), quiet(notes), refer(each.sources)]);
}

/** @param {any} each @param {Context} context */
function capacity(each, { terms, refer }) {
  const amount = `${QUALIFIED[each.qualifier] ?? ""}${numberText(each.value)}\u00a0${each.unit.replace("m2", "m²")} ${terms.label("product", each.product).toLowerCase()}`;
  const scope = each.scope && each.scope !== "this_plant" && terms.label("scope", each.scope).toLowerCase();
  const notes = [
    terms.label("capacity_basis", each.basis).toLowerCase(),
    scope,
    each.as_of && `as of ${dateText(each.as_of)}`,
    each.note,
  ].filter(Boolean);
  return line([new Text(amount), quiet(notes), refer(each.sources)]);
}

/** The starts, each with the sources of the event that it follows from. @param {any} p @param {Context} context */
function startFacts(p, { refer }) {
  const actual = p.start_actual ? fact("Started", [start(p, p.start_actual, false, refer)]) : [];
  const planned = p.start_planned ? fact("Planned start", [start(p, p.start_planned, true, refer)]) : [];
  return actual.length || planned.length ? [...actual, ...planned] : fact("Start", []);
}

/** @param {any} p @param {string} date @param {boolean} expected @param {References} refer */
function start(p, date, expected, refer) {
  const matches = (/** @type {any} */ e) => e.date === date && e.status === "operating" && !!e.expected === expected;
  const sources = (p.events ?? []).filter(matches).flatMap((/** @type {any} */ e) => e.sources);
  const late = expected && !p.start_actual && lastDay(date) < new Date().toISOString().slice(0, 10);
  return el(
    "span",
    {},
    el("time", { datetime: date }, dateText(date)),
    late && el("span", { class: "quiet" }, " passed; no start is reported"),
    refer([...new Set(sources)]),
  );
}

/** @param {any} each @param {Context} context */
function resource(each, { terms, refer }) {
  const tonnes = each.tonnes
    ? `${QUALIFIED[each.qualifier] ?? ""}${numberText(each.tonnes)}\u00a0t ${terms.label("substance", each.substance).toLowerCase()}`
    : "";
  const grade = each.grade ? `${numberText(each.grade)}\u00a0${terms.label("grade_unit", each.grade_unit)}` : "";
  const notes = [
    terms.label("resource_category", each.category).toLowerCase(),
    each.reporting_code,
    each.as_of && `as of ${dateText(each.as_of)}`,
    each.note,
  ].filter(Boolean);
  return line([new Text([tonnes, grade].filter(Boolean).join(" at ")), quiet(notes), refer(each.sources)]);
}

/** @param {any} each @param {Context} context */
function investment(each, { terms, refer }) {
  const amount = `${QUALIFIED[each.qualifier] ?? ""}${each.currency}\u00a0${numberText(each.amount)}`;
  const notes = [
    terms.label("capacity_basis", each.basis ?? "planned").toLowerCase(),
    each.purpose,
    dateText(each.date),
  ].filter(Boolean);
  return line([new Text(amount), quiet(notes), refer(each.sources)]);
}

/** @param {any} link @param {Context} context */
function linkFact(link, { terms, refer, open }) {
  return fact(terms.label("link_type", link.type), [line([open(link.project), refer(link.sources)])]);
}

/** @param {any} link @param {Context} context */
function backFact(link, { open }) {
  return fact(BACKWARDS[link.type] ?? "Linked from", [open(link.project)]);
}

/** @param {string[]} notes */
function quiet(notes) {
  return notes.length ? el("span", { class: "quiet" }, " ", bdi(notes.join(" · "))) : null;
}

/** @param {(Node | null)[]} parts */
function line(parts) {
  return el("span", {}, ...parts);
}
