// Which colours do the projects take from the style sheet, by day and by night?

import { theme } from "../base/theme.js";
import { colourName } from "./looks.js";

/**
 * By the group's position among the groups that the data names.
 * @typedef {import("../base/theme.js").Theme & {paper: string, quiet: string, fill: string[], line: string[], glyph: string[]}} Palette
 */

/** @param {string[]} groups codes @returns {Palette} */
export function paletteOf(groups) {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const colour = (name) => style.getPropertyValue(name).trim();
  /** @param {"fill" | "line" | "glyph"} part */
  const each = (part) => groups.map((group) => colour(colourName(group, part)));
  const [fill, line, glyph] = [each("fill"), each("line"), each("glyph")];
  return { ...theme(), paper: colour("--paper"), quiet: colour("--quiet"), fill, line, glyph };
}
