// Which colours does the map take from the style sheet, by day and by night?

/**
 * @typedef {{dark: boolean, land: string, border: string, ink: string, halo: string, accent: string, font: string}} Theme
 */

const night = window.matchMedia("(prefers-color-scheme: dark)");

/** @returns {Theme} */
export function theme() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    dark: night.matches,
    land: colour("--map-land"),
    border: colour("--map-border"),
    ink: colour("--ink"),
    halo: colour("--map-land"),
    accent: colour("--accent"),
    font: colour("--sans"),
  };
}

/** @param {() => void} listener */
export function onThemeChange(listener) {
  night.addEventListener("change", listener);
}
