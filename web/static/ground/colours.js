// Which colours does the ground have, by day and by night? The style sheet says so.

/**
 * @typedef {object} Colours
 * @property {string} land @property {string} water @property {string} coast @property {string} border
 * @property {string} province @property {string} font
 * @property {Record<"country" | "province" | "lake" | "town", string>} names
 * @property {string} halo @property {string} waterHalo
 */

/** @returns {Colours} */
export function coloursOfGround() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    land: colour("--map-land"),
    water: colour("--map-water"),
    coast: colour("--map-coast"),
    border: colour("--map-border"),
    province: colour("--map-province"),
    font: colour("--sans"),
    names: {
      country: colour("--map-country-name"),
      province: colour("--map-province-name"),
      lake: colour("--map-lake-name"),
      town: colour("--map-town-name"),
    },
    halo: colour("--map-land"),
    waterHalo: colour("--map-water"),
  };
}
