// Where on the canvas is room for a text? What is taken is kept as a coarse picture, however much it is.

/** @typedef {[number, number, number, number]} Box left, top, right, bottom in canvas pixels */
/**
 * `places` are where it may stand, the best first; the larger `priority`, the sooner it is placed.
 * @template T @typedef {{what: T, places: Box[], priority: number}} Candidate
 */

const SQUARE = 4; // pixels

export class Taken {
  #columns;
  #lines;
  #picture;

  /** @param {number} width @param {number} height of the canvas */
  constructor(width, height) {
    this.#columns = Math.ceil(width / SQUARE);
    this.#lines = Math.ceil(height / SQUARE);
    this.#picture = new Uint8Array(this.#columns * this.#lines);
  }

  /** @param {number} left @param {number} top @param {number} right @param {number} bottom */
  add(left, top, right, bottom) {
    const [first, last] = [Math.max(0, Math.floor(left / SQUARE)), Math.min(this.#columns, Math.ceil(right / SQUARE))];
    const lowest = Math.min(this.#lines, Math.ceil(bottom / SQUARE));
    if (first >= last) return;
    for (let line = Math.max(0, Math.floor(top / SQUARE)); line < lowest; line += 1)
      this.#picture.fill(1, line * this.#columns + first, line * this.#columns + last);
  }

  /** Is a box free, and as a whole on the canvas? @param {Box} box */
  isFree([left, top, right, bottom]) {
    const [first, last] = [Math.floor(left / SQUARE), Math.ceil(right / SQUARE)];
    const [highest, lowest] = [Math.floor(top / SQUARE), Math.ceil(bottom / SQUARE)];
    if (first < 0 || highest < 0 || last > this.#columns || lowest > this.#lines) return false;
    for (let line = highest; line < lowest; line += 1) {
      for (let at = line * this.#columns + first; at < line * this.#columns + last; at += 1) if (this.#picture[at]) return false;
    }
    return true;
  }
}

/**
 * Places what finds room, the most important first, and takes that room.
 * @template T @param {Candidate<T>[]} candidates @param {Taken} taken @returns {{what: T, box: Box}[]}
 */
export function placeLabels(candidates, taken) {
  const placed = [];
  for (const { what, places } of [...candidates].sort((a, b) => b.priority - a.priority)) {
    const box = places.find((place) => taken.isFree(place));
    if (!box) continue;
    taken.add(...box);
    placed.push({ what, box });
  }
  return placed;
}
