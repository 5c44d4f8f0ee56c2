// In which order do rows stand? Typed arrays of ranks, sorted as numbers: a hundred thousand rows within a blink.

/** @typedef {import("../base/dataset.js").Dataset} Dataset */
/** Where each row stands by some column, from 0; rows without a value stand at MISSING. @typedef {Float64Array} Ranks */
/** A column, and whether its greatest comes first. @typedef {{column: Sort, descending: boolean}} Order */
/** @typedef {"name" | "kind" | "stage" | "capacity" | "owner" | "country" | "place" | "start" | "freshness" | "sources"} Sort */

export const MISSING = Infinity;
/** @type {Record<Sort, (dataset: Dataset, descending: boolean) => Ranks>} */
const RANKS = {
  name: (dataset) => namesOf(dataset).ranks,
  kind: (dataset) => byLabel(dataset.kind, labels(dataset, "kind")),
  stage: (dataset, descending) => within(present(dataset.now.status), dates(dataset, ["since"]), descending),
  capacity: (dataset) => ranked(dataset.now.capacity),
  owner: (dataset) => textRanks(dataset, dataset.told.owners),
  country: (dataset) => countries(dataset),
  place: (dataset, descending) => within(countries(dataset), regions(dataset), descending),
  start: (dataset) => dates(dataset, ["actual", "by", "planned"]),
  freshness: (dataset) => dates(dataset, ["newest"]),
  sources: (dataset) => present(dataset.told.sources),
};
export const SORTS = /** @type {Sort[]} */ (Object.keys(RANKS));

/** `-capacity` as it stands in the address; by name for anything else. @param {string | undefined} text @returns {Order} */
export function readOrder(text = "") {
  const descending = text.startsWith("-");
  const column = SORTS.find((name) => name === text.slice(Number(descending)));
  return column ? { column, descending } : { column: "name", descending: false };
}

/** "" for the order by name, which needs no saying. @param {Order} order */
export function orderText({ column, descending }) {
  return column === "name" && !descending ? "" : `${descending ? "-" : ""}${column}`;
}

/**
 * The rows in an order; those without a value come last either way, equal ones by name. Capacities are compared within
 * their unit family; families keep the order of their vocabulary either way.
 * @param {Dataset} dataset told @param {Uint32Array} rows @param {Order} order
 */
export function ordered(dataset, rows, { column, descending }) {
  const ranks = RANKS[column](dataset, descending);
  const families = column === "capacity" ? dataset.now.measure : null;
  const { ranks: names, rows: byName } = namesOf(dataset);
  const { size } = dataset;
  const last = greatest(ranks) + 1;
  const keys = Float64Array.from(rows, (i) => {
    const rank = ranks[i] === MISSING ? last : descending ? last - 1 - ranks[i] : ranks[i];
    return ((families ? families[i] * (last + 1) : 0) + rank) * size + names[i];
  });
  return Uint32Array.from(keys.sort(), (key) => byName[key % size]);
}

/** Names by rank, each its own, so that a rank says which row it is. @type {WeakMap<object, {ranks: Ranks, rows: Uint32Array}>} */
const known = new WeakMap();

/** @param {Dataset} dataset */
function namesOf(dataset) {
  const { told } = dataset;
  let found = known.get(told);
  if (!found) {
    const rows = byText(dataset.told.foldedNames);
    const ranks = new Float64Array(rows.length);
    rows.forEach((row, rank) => (ranks[row] = rank));
    known.set(told, (found = { ranks, rows }));
  }
  return found;
}

/**
 * The rows in the order of their texts' letters; equal ones as they stand. Rows come by ids, so that names are sorted within
 * each country already: an array's sort makes use of that, a typed array's does not. @param {string[]} texts
 */
function byText(texts) {
  const rows = texts.map((_text, i) => i);
  return Uint32Array.from(rows.sort((a, b) => (texts[a] < texts[b] ? -1 : Number(texts[a] > texts[b]))));
}

/** @param {Dataset} dataset @param {string[]} texts */
function textRanks({ told }, texts) {
  const own = [...new Set(texts)];
  const folded = own.map((text) => told.folding.fold(text));
  const ranks = new Map([...byText(folded)].map((at, rank) => [own[at], own[at] === "" ? MISSING : rank]));
  return Float64Array.from(texts, (text) => ranks.get(text) ?? MISSING);
}

/** @param {Dataset} dataset @param {string} vocabulary */
function labels(dataset, vocabulary) {
  return dataset.codes[vocabulary].map((code) => dataset.termOf(vocabulary, code).label);
}

/** @param {Dataset} dataset */
function countries(dataset) {
  return byLabel(
    dataset.country,
    dataset.codes.country.map((code) => dataset.countryName(code)),
  );
}

/** Positions by what they are called; without a word for it there is no value. @param {ArrayLike<number>} positions @param {string[]} words */
function byLabel(positions, words) {
  const sorted = words.map((_word, at) => at).sort((a, b) => words[a].localeCompare(words[b]));
  const ranks = new Float64Array(words.length);
  sorted.forEach((at, rank) => (ranks[at] = words[at] ? rank : MISSING));
  return Float64Array.from(positions, (at) => ranks[at] ?? MISSING);
}

/** @param {ArrayLike<number>} values */
function present(values) {
  return Float64Array.from(values);
}

/** @param {Dataset} dataset */
function regions({ told }) {
  return byLabel(told.region, [...told.regions, ""]);
}

/** The first date that a row has of these. @param {Dataset} dataset @param {("since" | "actual" | "by" | "planned" | "newest")[]} columns */
function dates({ told, now, size }, columns) {
  const sorted = told.dates.map((_date, at) => at).sort((a, b) => (told.dates[a] < told.dates[b] ? -1 : 1));
  const ranks = new Float64Array(sorted.length);
  sorted.forEach((at, rank) => (ranks[at] = at === 0 ? MISSING : rank));
  const ranksOf = new Float64Array(size);
  for (let i = 0; i < size; i += 1) {
    const step = now.step ? now.step[i] : 0;
    const column = columns.find((name) => told.steps[name][step] !== 0);
    ranksOf[i] = column ? ranks[told.steps[column][step]] : MISSING;
  }
  return ranksOf;
}

/** Each number's place among the different ones. @param {Float32Array} values */
function ranked(values) {
  const different = Float64Array.from(new Set(values)).sort();
  const ranks = new Map(Array.from(different, (value, rank) => [value, Number.isNaN(value) ? MISSING : rank]));
  return Float64Array.from(values, (value) => ranks.get(value) ?? MISSING);
}

/** By the first ranks, where these are equal by the second; what has no second value comes last among them. @param {Ranks} first @param {Ranks} second @param {boolean} descending */
function within(first, second, descending) {
  const last = greatest(second) + 1;
  const missing = descending ? -1 : last;
  return first.map((rank, i) => rank * (last + 2) + 1 + (second[i] === MISSING ? missing : second[i]));
}

/** @param {Ranks} ranks */
function greatest(ranks) {
  let most = 0;
  for (const rank of ranks) if (rank !== MISSING && rank > most) most = rank;
  return most;
}
