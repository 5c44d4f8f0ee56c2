// Of whom does a chart speak: of all, of one country, or of one organisation with its holdings?

import { el } from "../base/dom.js";
import { say } from "../base/texts.js";

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** As `country:HU` or `owner:catl` in the address. @typedef {{dimension: "country" | "owner", code: string} | null} Scope */

const MOST = 60; // of a kind in the select; whoever looks for another filters by it

/** @param {string | undefined} text @returns {Scope} */
export function readScope(text = "") {
  const [dimension, code] = text.split(":");
  return (dimension === "country" || dimension === "owner") && code ? { dimension, code } : null;
}

/** The rows that a scope leaves. @param {Dataset} dataset @param {Uint32Array} rows @param {Scope} scope */
export function within(dataset, rows, scope) {
  if (scope === null) return rows;
  if (scope.dimension === "country") {
    const wanted = dataset.codes.country.indexOf(scope.code);
    return rows.filter((i) => dataset.country[i] === wanted);
  }
  const { organisations, owner } = dataset.told;
  const wanted = organisations.findIndex(({ id }) => id === scope.code);
  return rows.filter((i) => owner.values.subarray(owner.starts[i], owner.starts[i + 1]).includes(wanted));
}

/** @param {Dataset} dataset @param {NonNullable<Scope>} scope */
export function scopeName(dataset, { dimension, code }) {
  if (dimension === "country") return dataset.countryName(code);
  return dataset.told.organisations.find(({ id }) => id === code)?.name ?? code;
}

/**
 * The choices, those of most rows first. @param {Dataset} dataset @param {ArrayLike<number>} rows @param {string} chosen
 */
export function scopeOptions(dataset, rows, chosen) {
  const option = (/** @type {string} */ value, /** @type {string} */ text) =>
    el("option", { value, selected: value === chosen }, text);
  const group = (/** @type {string} */ label, /** @type {NonNullable<Scope>[]} */ scopes) =>
    el(
      "optgroup",
      { label },
      ...scopes
        .map((scope) => ({ value: `${scope.dimension}:${scope.code}`, name: scopeName(dataset, scope) }))
        .sort((a, b) => a.name.localeCompare(b.name))
        .map(({ value, name }) => option(value, name)),
    );
  const { country, owner } = mostNamed(dataset, rows);
  const scope = readScope(chosen);
  const isOffered = !scope || (scope.dimension === "country" ? country : owner).includes(scope.code);
  return [
    option("", say("charts.everyone")),
    isOffered || scope === null ? null : option(chosen, scopeName(dataset, scope)),
    group(
      say("charts.countries"),
      country.map((code) => ({ dimension: "country", code })),
    ),
    group(
      say("charts.organisations"),
      owner.map((code) => ({ dimension: "owner", code })),
    ),
  ];
}

/** @param {Dataset} dataset @param {ArrayLike<number>} rows */
function mostNamed({ told, codes, country }, rows) {
  const countries = new Uint32Array(codes.country.length);
  const owners = new Uint32Array(told.organisations.length);
  for (const i of Array.from(rows)) {
    countries[country[i]] += 1;
    const { starts, values } = told.owner;
    for (let k = starts[i]; k < starts[i + 1]; k += 1) owners[values[k]] += 1;
  }
  return {
    country: most(countries).map((at) => codes.country[at]),
    owner: most(owners).map((at) => told.organisations[at].id),
  };
}

/** @param {Uint32Array} counts */
function most(counts) {
  const named = Array.from(counts, (_count, at) => at).filter((at) => counts[at] > 0);
  return named.sort((a, b) => counts[b] - counts[a]).slice(0, MOST);
}
