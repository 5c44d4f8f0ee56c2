// Does a point lie in the country that was chosen? A missing minus sign puts it onto another continent.

/** @typedef {number[][]} Ring */
/** @typedef {Map<string, Ring[]>} Outlines every ring of a country by its code */

const TOLERANCE = 0.3; // degrees: the outlines are coarse

/** @param {any} collection GeoJSON FeatureCollection with `iso` @returns {Outlines} */
export function outlinesOf(collection) {
  /** @type {Outlines} */
  const outlines = new Map();
  for (const { properties, geometry } of collection.features) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    outlines.set(properties.iso, [...(outlines.get(properties.iso) ?? []), ...polygons.flat()]);
  }
  return outlines;
}

/**
 * Only true when the outline is known and the point lies clearly beyond it.
 * @param {Outlines} outlines @param {string} country @param {number} lat @param {number} lon
 */
export function isOutside(outlines, country, lat, lon) {
  const rings = outlines.get(country);
  if (!rings) return false;
  return [lon - 360, lon, lon + 360].every((east) => !contains(rings, east, lat) && !isNear(rings, east, lat));
}

/** Even-odd over all rings, so that holes are outside. @param {Ring[]} rings @param {number} x @param {number} y */
function contains(rings, x, y) {
  let inside = false;
  for (const [[ax, ay], [bx, by]] of edges(rings))
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  return inside;
}

/** @param {Ring[]} rings @param {number} x @param {number} y */
function isNear(rings, x, y) {
  for (const [[ax, ay], [bx, by]] of edges(rings)) {
    const [dx, dy] = [bx - ax, by - ay];
    const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(1, Math.max(0, along));
    if (Math.hypot(ax + t * dx - x, ay + t * dy - y) <= TOLERANCE) return true;
  }
  return false;
}

/** @param {Ring[]} rings @returns {Generator<[number[], number[]]>} */
function* edges(rings) {
  for (const ring of rings) for (let i = 1; i < ring.length; i += 1) yield [ring[i - 1], ring[i]];
}
