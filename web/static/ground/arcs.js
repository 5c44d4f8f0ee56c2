// How do the world's borders come, of which each is told once? As arcs, of which rings are put together (geo/ground/arcs.py).

/** Arcs as places in degrees. @param {Uint8Array} bytes @param {number} parts of a degree @returns {number[][][]} */
export function arcsOf(bytes, parts) {
  const arcs = [];
  let at = 0;
  const next = () => {
    let [number, shift, byte] = [0, 0, 128];
    for (; byte & 128; shift += 7) {
      byte = bytes[at++];
      number |= (byte & 127) << shift;
    }
    return number & 1 ? -(number + 1) / 2 : number / 2;
  };
  let [left, top] = [0, 0];
  while (at < bytes.length) {
    const count = next();
    let [x, y] = [(left += next()), (top += next())];
    const arc = [[x / parts, y / parts]];
    while (arc.length < count) arc.push([(x += next()) / parts, (y += next()) / parts]);
    arcs.push(arc);
  }
  return arcs;
}

/** A closed ring of arcs; `~number` is one that is run through backwards. @param {number[]} numbers @param {number[][][]} arcs */
export function ringOf(numbers, arcs) {
  /** @type {number[][]} */
  const ring = [];
  for (const number of numbers) {
    const arc = number < 0 ? arcs[~number].slice().reverse() : arcs[number];
    ring.push(...(ring.length ? arc.slice(1) : arc));
  }
  return ring;
}
