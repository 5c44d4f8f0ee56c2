// How do the whole numbers of a tile become a path that a canvas draws? Units: the world is 1 wide, Web Mercator.

/** A flat path: where it begins, then steps. @typedef {number[]} Steps */

/**
 * @param {Steps[]} paths
 * @param {number} left of the tile, in world units
 * @param {number} top
 * @param {number} unit of the numbers, in world units
 * @param {boolean} isClosed
 */
export function pathOf(paths, left, top, unit, isClosed) {
  const path = new Path2D();
  for (const steps of paths) {
    let [x, y] = [steps[0], steps[1]];
    path.moveTo(left + x * unit, top + y * unit);
    for (let i = 2; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      path.lineTo(left + x * unit, top + y * unit);
    }
    if (isClosed) path.closePath();
  }
  return path;
}
