// How do two to four projects differ?

import { comparison } from "./comparison.js";
import { picker } from "./picker.js";
import { timeline } from "./timeline.js";
import { bdi, el, fill } from "../base/dom.js";
import { dateText, say } from "../base/texts.js";
import { MOST_COMPARED } from "../find/choices.js";
import { kindIcon, statusIcon } from "../map/symbols.js";

/** @typedef {import("./comparison.js").Cell} Cell */
/** @typedef {import("./comparison.js").Line} Line */
/** @typedef {import("./context.js").Context} Context */
/** @typedef {import("../base/row.js").Row} Row */

/** @param {HTMLElement} root @param {Context} context @returns {import("./context.js").View} */
export function compareView(root, context) {
  const { state, dataset } = context;
  const help = el("p", { class: "compare-help quiet" });
  const chosen = el("div", { class: "compare-chosen" });
  const find = picker(context, {
    label: say("compare.add"),
    hint: say("compare.add_hint"),
    none: say("compare.found_none"),
    isOffered: ({ id }) => !state.choices.compare.includes(id),
    choose: (row) => {
      state.toggleCompared(row.id);
      context.announce(say("compare.added", { name: row.name }));
    },
  });
  fill(root, el("h2", { tabindex: -1 }, say("compare.title")), help, find.root, chosen);
  root.classList.add("compare");
  return { update: () => show() };

  function show() {
    const ids = state.choices.compare;
    const rows = ids.flatMap((id) => dataset.byId(id) ?? []);
    const isFull = ids.length >= MOST_COMPARED;
    help.textContent = say(isFull ? "compare.full" : rows.length === 1 ? "compare.how_one_more" : "compare.how");
    help.hidden = rows.length > 1 && !isFull;
    find.root.hidden = isFull;
    const missing = ids.filter((id) => dataset.byId(id) === null).map((id) => missingNote(id, () => remove(id, id)));
    fill(chosen, ...missing, ...(rows.length ? [asOf(dataset.now.date), sideBySide(context, rows, remove), timeline(dataset, rows)] : []));
  }

  /** @param {string} id @param {string} name */
  function remove(id, name) {
    state.toggleCompared(id);
    context.announce(say("compare.removed", { name }));
    find.focus();
  }
}

/** @param {string | null} date */
function asOf(date) {
  return date === null ? null : el("p", { class: "compare-date" }, say("compare.as_of", { date: dateText(date) }));
}

/** @param {string} id @param {() => void} remove */
function missingNote(id, remove) {
  const button = el("button", { type: "button", onclick: remove }, say("compare.remove_missing"));
  return el("p", { class: "warning" }, bdi(say("compare.missing", { id })), " ", button);
}

/** @param {Context} context @param {Row[]} rows @param {(id: string, name: string) => void} remove */
function sideBySide(context, rows, remove) {
  const heads = rows.map((row) => head(context, row, remove));
  const lines = comparison(context.dataset, rows).map((line) => lineOf(line, rows));
  const table = el(
    "table",
    {},
    el("caption", { class: "visually-hidden" }, say("compare.caption")),
    el("thead", {}, el("tr", {}, corner(), ...heads)),
    el("tbody", {}, ...lines),
  );
  table.style.setProperty("--columns", String(rows.length));
  const attributes = { class: "compare-scroll", tabindex: 0, role: "region", "aria-label": say("compare.title") };
  return el("div", attributes, table);
}

function corner() {
  return el("td", {}, el("span", { class: "visually-hidden" }, say("compare.property")));
}

/** @param {Context} context @param {Row} row @param {(id: string, name: string) => void} remove */
function head(context, row, remove) {
  const { id, name, index } = row;
  return el(
    "th",
    { scope: "col", "data-id": id },
    el("button", { type: "button", class: "link", onclick: () => context.open(index) }, bdi(name)),
    el(
      "button",
      { type: "button", class: "compare-remove", "aria-label": say("compare.remove", { name }), onclick: () => remove(id, name) },
      "×",
    ),
  );
}

/** @param {Line} line @param {Row[]} rows */
function lineOf({ name, cells, differs }, rows) {
  const marked = differs && rows.length > 1;
  return el(
    "tr",
    { class: `line-${name}`, "data-differs": marked },
    el(
      "th",
      { scope: "row" },
      say(`compare.${name}`),
      marked && el("span", { class: "visually-hidden" }, ` ${say("compare.differs")}`),
    ),
    ...cells.map((cell, i) => cellOf(cell, iconOf(name, rows[i]))),
  );
}

/** @param {string} name @param {Row} row */
function iconOf(name, row) {
  if (name === "stage") return statusIcon(row.status);
  return name === "kind" ? kindIcon(row.kind) : null;
}

/** @param {Cell} cell @param {Element | null} icon */
function cellOf({ text, notes, bar, quiet }, icon) {
  return el(
    "td",
    quiet ? { class: "quiet" } : {},
    el("div", { class: "with-icon" }, quiet ? null : icon, bdi(text)),
    bar !== null && barOf(bar),
    ...notes.map((note) => el("div", { class: "quiet" }, bdi(note))),
  );
}

/** @param {number} share */
function barOf(share) {
  const filled = el("div", {});
  filled.style.width = `${(share * 100).toFixed(1)}%`;
  return el("div", { class: "compare-bar", "aria-hidden": "true" }, filled);
}

