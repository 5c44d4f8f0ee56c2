// What else can be filtered? Capacity, start, how well the place is known, freshness and kinds of sources.

import { el, fill } from "../base/dom.js";
import { say } from "../base/texts.js";
import { labelOf } from "./chips.js";
import { clicked } from "./choices.js";
import { facet } from "./facet.js";
import { codesOf, startYears } from "./select.js";
import { growingBins, spanFilter, yearBins } from "./span.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** @typedef {import("./facet.js").Entry} Entry */
/** @typedef {import("./groups.js").Update} Update */
/** @typedef {import("./select.js").Selection} Selection */
/** @typedef {import("./state.js").State} State */

/** @param {Element} root @param {Dataset} dataset told @param {State} state @returns {Update} */
export function more(root, dataset, state) {
  const details = el("details", { class: "more", id: "more-filters" }, el("summary", {}, say("find.more_filters")));
  root.append(details);
  const updates = [
    capacity(details, dataset, state),
    start(details, dataset, state),
    codes(details, dataset, state, "location_accuracy"),
    codes(details, dataset, state, "status_stale"),
    codes(details, dataset, state, "source_type"),
  ];
  /** @type {Selection | null} */
  let last = null;
  const show = () => {
    if (last && details.open) for (const update of updates) update(last);
  };
  details.addEventListener("toggle", show);
  return (selection) => {
    last = selection;
    show();
  };
}

/** @param {Element} root @param {Dataset} dataset @param {State} state @returns {Update} */
function capacity(root, dataset, state) {
  const title = say("find.capacity");
  const select = el("select", {
    id: "capacity-measure",
    "aria-label": say("find.measure"),
    onchange: () => state.change({ capacity_measure: select.value || null, capacity: null }),
  });
  const span = spanFilter({
    name: "capacity",
    title,
    choose: (chosen) => state.change({ capacity: chosen, capacity_measure: select.value || null }),
  });
  const unit = el("p", { class: "quiet unit" });
  root.append(el("section", {}, el("h2", {}, title), select, span.element, unit));
  return (selection) => {
    const measures = occurring(dataset);
    const chosen = state.choices.capacity_measure ?? "";
    fill(
      select,
      el("option", { value: "" }, say("find.any_measure")),
      ...measures.map((code) => el("option", { value: code }, dataset.termOf("measure", code).label)),
    );
    select.value = measures.includes(chosen) ? chosen : "";
    span.element.hidden = select.value === "";
    unit.hidden = select.value === "";
    if (select.value === "") return;
    unit.textContent = dataset.termOf("measure", select.value).unit ?? "";
    span.update(growingBins(amounts(dataset, selection, select.value)), state.choices.capacity);
  };
}

/** @param {Dataset} dataset */
function occurring(dataset) {
  const present = new Set(dataset.now.measure);
  return dataset.codes.measure.filter((_code, at) => present.has(at));
}

/** @param {Dataset} dataset @param {Selection} selection @param {string} code */
function* amounts(dataset, { spans }, code) {
  const wanted = dataset.codes.measure.indexOf(code);
  for (const i of spans.capacity) if (dataset.now.measure[i] === wanted) yield dataset.now.capacity[i];
}

/** @param {Element} root @param {Dataset} dataset @param {State} state @returns {Update} */
function start(root, dataset, state) {
  const title = say("find.start_year");
  const span = spanFilter({ name: "start_year", title, step: 1, choose: (chosen) => state.change({ start_year: chosen }) });
  root.append(el("section", {}, el("h2", {}, title), span.element, el("p", { class: "quiet unit" }, say("find.start_note"))));
  return ({ spans }) => {
    const years = startYears(dataset);
    span.update(yearBins(Array.from(spans.start_year, (i) => years[i])), state.choices.start_year);
  };
}

/** @param {Element} root @param {Dataset} dataset @param {State} state @param {"location_accuracy" | "status_stale" | "source_type"} name @returns {Update} */
function codes(root, dataset, state, name) {
  const title = say(`find.${name}`);
  const choose = (/** @type {Entry} */ entry) => state.change({ [name]: clicked(state.choices[name], entry.codes) });
  const group = facet({ name, label: title, choose });
  const known = codesOf(dataset, name);
  group.offer(
    known.map((code) => ({
      codes: [code],
      label: labelOf(dataset, name, code),
      definition: name === "status_stale" ? "" : dataset.termOf(name, code).definition,
    })),
  );
  root.append(el("section", {}, el("h2", {}, title), group.element));
  return ({ counts }) => group.update(({ codes: [code] }) => counts[name][known.indexOf(code)], state.choices[name]);
}
