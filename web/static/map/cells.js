// Which points are in the same square of a grid, and which squares lie beside it? Typed arrays, whatever their number.

/** @typedef {Float64Array | Float32Array} Coordinates */

export class Cells {
  #table;
  #mask;

  /**
   * @param {Coordinates} x
   * @param {Coordinates} y
   * @param {number} side of a cell
   * @param {number} [size] how many of the points count
   */
  constructor(x, y, side, size = x.length) {
    let room = 16;
    while (room < 2 * size) room *= 2;
    this.#mask = room - 1;
    this.#table = new Int32Array(room).fill(-1);
    this.side = side;
    this.count = 0;
    this.column = new Int32Array(size);
    this.line = new Int32Array(size);
    /** The cell of every point. */
    this.of = new Int32Array(size);
    for (let i = 0; i < size; i += 1) this.of[i] = this.#enter(Math.floor(x[i] / side), Math.floor(y[i] / side));
    /** The points of cell c are `points[starts[c]]` to `points[starts[c + 1] - 1]`, in the order in which they came. */
    this.starts = startsOf(this.of, this.count);
    this.points = sortedBy(this.of, this.starts);
  }

  /** @param {number} column @param {number} line @returns {number} the cell there, -1 where no point is */
  find(column, line) {
    return this.#table[this.#slot(column, line)];
  }

  /** Visits the points in a point's cell and in the eight around it. @param {number} point @param {(other: number) => void} visit */
  beside(point, visit) {
    const at = this.of[point];
    for (let k = 0; k < 9; k += 1) {
      const cell = this.find(this.column[at] + (k % 3) - 1, this.line[at] + ((k / 3) | 0) - 1);
      for (let i = cell < 0 ? 0 : this.starts[cell]; cell >= 0 && i < this.starts[cell + 1]; i += 1) visit(this.points[i]);
    }
  }

  /** @param {number} column @param {number} line */
  #enter(column, line) {
    const slot = this.#slot(column, line);
    if (this.#table[slot] >= 0) return this.#table[slot];
    this.column[this.count] = column;
    this.line[this.count] = line;
    this.#table[slot] = this.count;
    this.count += 1;
    return this.count - 1;
  }

  /** @param {number} column @param {number} line */
  #slot(column, line) {
    let slot = hash(column, line) & this.#mask;
    for (let cell = this.#table[slot]; cell >= 0; cell = this.#table[slot]) {
      if (this.column[cell] === column && this.line[cell] === line) break;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}

/** @param {number} column @param {number} line */
function hash(column, line) {
  const once = Math.imul(column, 0x9e3779b1) + Math.imul(line, 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 16), 0x45d9f3b);
  return twice ^ (twice >>> 15);
}

/** Where each part begins when things are put in order of their part. @param {Int32Array} part @param {number} count */
export function startsOf(part, count) {
  const starts = new Uint32Array(count + 1);
  for (let i = 0; i < part.length; i += 1) if (part[i] >= 0) starts[part[i] + 1] += 1;
  for (let i = 0; i < count; i += 1) starts[i + 1] += starts[i];
  return starts;
}

/** Things in order of their part; those of part -1 are left out. @param {Int32Array} part @param {Uint32Array} starts */
export function sortedBy(part, starts) {
  const next = starts.slice();
  const sorted = new Uint32Array(starts[starts.length - 1]);
  for (let i = 0; i < part.length; i += 1) {
    if (part[i] < 0) continue;
    sorted[next[part[i]]] = i;
    next[part[i]] += 1;
  }
  return sorted;
}
