// What does the server's file of columns hold? Numbers as typed arrays over its own bytes, texts a line a row.

/** @typedef {Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array} Numbers */
/** Where a column lies. @typedef {{type: string, offset: number, length: number}} Place */
/** @typedef {{columns: Record<string, Place>, [name: string]: any}} Header */

/** By the names of geo/snapshot.py. @type {Record<string, new (buffer: ArrayBuffer, offset: number, length: number) => Numbers>} */
const TYPES = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, i32: Int32Array, f32: Float32Array, f64: Float64Array };
const HEAD = 4; // bytes that say how long the header is

export class Columns {
  header;
  #buffer;
  #start;

  /** @param {ArrayBuffer} buffer */
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    this.#buffer = buffer;
    this.#start = HEAD + length;
    /** @type {Header} */
    this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, HEAD, length)));
  }

  /** @template {Numbers} T @param {string} name @returns {T} */
  numbers(name) {
    const { type, offset, length } = this.#place(name);
    return /** @type {T} */ (new TYPES[type](this.#buffer, this.#start + offset, length));
  }

  /** A column of texts as one, a line a row. @param {string} name */
  text(name) {
    const { offset, length } = this.#place(name);
    return new TextDecoder().decode(new Uint8Array(this.#buffer, this.#start + offset, length));
  }

  /** @param {string} name */
  lines(name) {
    return this.header.size === 0 ? [] : this.text(name).split("\n");
  }

  /** @param {string} name */
  #place(name) {
    const place = this.header.columns[name];
    if (!place) throw new Error(`the server sent no column ${name}`);
    return place;
  }
}
