// Which projects have the words that were typed? One text of all rows is searched, not a hundred thousand of them.

/** @typedef {import("../base/dataset.js").Dataset} Dataset */

/** Where each row's line ends in the text, and what was found of words before, by the text. @typedef {{ends: Uint32Array, found: Map<string, Uint8Array>}} Index */
/** @type {WeakMap<object, Index>} */
const indexes = new WeakMap();
const MOST_KEPT = 50;

/**
 * One for each row that has the words, by the rule of base/fold.js; null where nothing is asked for.
 * @param {Dataset} dataset told @param {string} typed @returns {Uint8Array | null}
 */
export function search(dataset, typed) {
  const asked = dataset.told.folding.asked(typed);
  if (asked.length === 0) return null;
  return anyOf(
    dataset.size,
    asked.map((part) =>
      allOf(
        dataset.size,
        part.map((spellings) => anyOf(dataset.size, spellings.map((word) => rowsWith(dataset, word)))),
      ),
    ),
  );
}

/** @param {number} size @param {Uint8Array[]} masks */
function anyOf(size, masks) {
  const any = new Uint8Array(size);
  for (const mask of masks) for (let i = 0; i < size; i += 1) any[i] |= mask[i];
  return any;
}

/** @param {number} size @param {Uint8Array[]} masks */
function allOf(size, masks) {
  const all = new Uint8Array(size).fill(1);
  for (const mask of masks) for (let i = 0; i < size; i += 1) all[i] &= mask[i];
  return all;
}

/** @param {Dataset} dataset @param {string} word */
function rowsWith(dataset, word) {
  const { found, ends } = indexOf(dataset);
  const codes = inCodes(dataset, word);
  let lines = found.get(word);
  if (!lines) {
    lines = inLines(dataset.told.search, ends, word);
    if (found.size >= MOST_KEPT) found.clear();
    found.set(word, lines);
  }
  const rows = lines.slice();
  const { status } = dataset.now;
  for (let i = 0; i < rows.length; i += 1)
    rows[i] |= codes.kind[dataset.kind[i]] | codes.status[status[i]] | codes.country[dataset.country[i]];
  return rows;
}

/** @param {Dataset} dataset @param {string} word */
function inCodes(dataset, word) {
  const { words, countryWords } = dataset.told;
  const has = (/** @type {string} */ text) => Number(text.includes(word));
  return {
    kind: Uint8Array.from(words.kind, has),
    status: Uint8Array.from(words.status, has),
    country: Uint8Array.from(dataset.codes.country, (code) => has(countryWords[code] ?? "")),
  };
}

/** @param {Dataset} dataset @returns {Index} */
function indexOf(dataset) {
  const { told } = dataset;
  let index = indexes.get(told);
  if (!index) indexes.set(told, (index = { ends: lineEnds(told.search, dataset.size), found: new Map() }));
  return index;
}

/** @param {string} text @param {number} size */
function lineEnds(text, size) {
  const ends = new Uint32Array(size);
  for (let row = 0, from = 0; row < size; row += 1) {
    const end = text.indexOf("\n", from);
    ends[row] = end < 0 ? text.length : end;
    from = ends[row] + 1;
  }
  return ends;
}

/** @param {string} text @param {Uint32Array} ends @param {string} word */
function inLines(text, ends, word) {
  const rows = new Uint8Array(ends.length);
  for (let at = text.indexOf(word); at >= 0; ) {
    const row = lineOf(ends, at);
    rows[row] = 1;
    at = row + 1 < ends.length ? text.indexOf(word, ends[row] + 1) : -1;
  }
  return rows;
}

/** The first line that ends after a position. @param {Uint32Array} ends @param {number} position */
function lineOf(ends, position) {
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
