// Which filters are on? A chip each, over the map; a click takes it away.

import { el, fill } from "../base/dom.js";
import { dateText, numberText, say } from "../base/texts.js";
import { statusesByGroup } from "./address.js";
import { DIMENSIONS, EVERYTHING, isFiltered, unfiltered } from "./choices.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./choices.js").Choices} Choices */
/** What a chip says, and the choices without it. @typedef {{text: string, without: Partial<Choices>}} Chip */

const MOST = 8; // of one dimension: more of them would cover the map

/** @param {Element} root @param {Dataset} dataset @param {import("./state.js").State} state @returns {() => void} */
export function chips(root, dataset, state) {
  /** @param {Partial<Choices>} patch */
  const take = (patch) => {
    state.change(patch);
    const next = root.querySelector("button") ?? document.getElementById("search");
    /** @type {HTMLElement | null} */ (next)?.focus();
  };
  return () => {
    const found = chipsOf(dataset, state.choices);
    fill(
      root,
      ...found.map(({ text, without }) =>
        el(
          "button",
          { type: "button", class: "chip", "aria-label": say("find.remove", { filter: text }), onclick: () => take(without) },
          el("bdi", {}, text),
          el("span", { "aria-hidden": "true" }, " ×"),
        ),
      ),
      isFiltered(state.choices) &&
        el("button", { type: "button", id: "clear", class: "link", onclick: () => take(unfiltered(state.choices)) }, say("find.clear")),
    );
  };
}

/** @param {Dataset} dataset @param {Choices} choices @returns {Chip[]} */
export function chipsOf(dataset, choices) {
  return [
    ...(choices.q ? [{ text: say("find.quoted", { text: choices.q }), without: { q: EVERYTHING.q } }] : []),
    ...statusChips(dataset, choices),
    ...DIMENSIONS.filter(({ name }) => name !== "status").flatMap(({ name }) => codeChips(dataset, choices, name)),
    ...spanChips(dataset, choices),
    ...(choices.as_of ? [{ text: say("find.as_of", { date: dateText(choices.as_of) }), without: { as_of: EVERYTHING.as_of } }] : []),
  ];
}

/** Whole groups by their own name. @param {Dataset} dataset @param {Choices} choices @returns {Chip[]} */
function statusChips(dataset, choices) {
  const chosen = choices.status;
  if (chosen === null) return [];
  const groups = Object.entries(statusesByGroup(dataset)).filter(([, codes]) => codes.every((code) => chosen.has(code)));
  const covered = new Set(groups.flatMap(([, codes]) => codes));
  const single = [...chosen].filter((code) => !covered.has(code));
  return [
    ...groups.map(([group, codes]) => chip("status", chosen, codes, say(`find.group_${group}`))),
    ...single.map((code) => chip("status", chosen, [code], dataset.termOf("status", code).label)),
  ];
}

/** @param {Dataset} dataset @param {Choices} choices @param {import("./choices.js").Dimension} name @returns {Chip[]} */
function codeChips(dataset, choices, name) {
  const chosen = choices[name];
  if (chosen === null) return [];
  const codes = [...chosen];
  if (codes.length <= MOST) return codes.map((code) => chip(name, chosen, [code], labelOf(dataset, name, code)));
  return [chip(name, chosen, codes, say("find.several", { count: codes.length, what: say(`find.${name}`) }))];
}

/** @param {import("./choices.js").Dimension} name @param {ReadonlySet<string>} chosen @param {readonly string[]} codes @param {string} text @returns {Chip} */
function chip(name, chosen, codes, text) {
  const rest = [...chosen].filter((code) => !codes.includes(code));
  return { text, without: { [name]: rest.length ? new Set(rest) : null } };
}

/** @param {Dataset} dataset @param {import("./choices.js").Dimension} name @param {string} code */
export function labelOf(dataset, name, code) {
  if (name === "country") return dataset.countryName(code);
  if (name === "region") return code;
  if (name === "status_stale") return say(code === "true" ? "find.stale" : "find.fresh");
  if (name === "owner") return dataset.organisationName(code);
  return dataset.termOf(name, code).label;
}

/** @param {Dataset} dataset @param {Choices} choices @returns {Chip[]} */
function spanChips(dataset, choices) {
  const measure = choices.capacity_measure;
  const of = measure ? dataset.termOf("measure", measure) : null;
  const chips = [];
  if (of && !choices.capacity) chips.push({ text: say("find.has_capacity", { measure: of.label }), without: { capacity_measure: null } });
  if (choices.capacity) {
    const [low, high] = choices.capacity;
    const text = spanWords(low, high, numberText);
    chips.push({
      text: say("find.capacity_span", { measure: of?.label ?? "", span: text, unit: of?.unit ?? "" }),
      without: { capacity: null, capacity_measure: null },
    });
  }
  if (choices.start_year) {
    const [low, high] = choices.start_year;
    chips.push({ text: say("find.start_span", { span: spanWords(low, high, String) }), without: { start_year: null } });
  }
  return chips;
}

/** @param {number} low @param {number} high @param {(value: number) => string} shown */
function spanWords(low, high, shown) {
  if (low === high) return shown(low);
  if (!Number.isFinite(low)) return say("find.up_to", { high: shown(high) });
  if (!Number.isFinite(high)) return say("find.from", { low: shown(low) });
  return say("find.between", { low: shown(low), high: shown(high) });
}
