// How is a colour of the style sheet written into the pixels of a picture?

const OPAQUE = 0xff000000;

/** A colour as a pixel: four bytes, red lowest. @param {{fillStyle: any}} ctx any pen @param {string} colour */
export function pixelOf(ctx, colour) {
  ctx.fillStyle = colour; // reads back as #rrggbb
  const value = Number.parseInt(String(ctx.fillStyle).slice(1), 16);
  return (OPAQUE | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

/** @param {number} under pixel @param {number} over pixel @param {number} share of what is over, 0 to 1 */
export function mixed(under, over, share) {
  if (share <= 0) return under;
  if (share >= 1) return over;
  let pixel = OPAQUE;
  for (let shift = 0; shift < 24; shift += 8) {
    const below = (under >>> shift) & 255;
    pixel |= Math.round(below + (((over >>> shift) & 255) - below) * share) << shift;
  }
  return pixel >>> 0;
}

/** @param {number} pixel @param {number} alpha 0 to 1 */
export function faded(pixel, alpha) {
  return ((pixel & 0xffffff) | (Math.round(255 * alpha) << 24)) >>> 0;
}
