// What do a stage, its group and a kind look like? Colour is the group, a glyph the stage in it, the shape the kind.

/** Shapes within 18 by 18 units around the origin, the same for canvas and SVG. @type {Record<string, string>} */
const SHAPES = {
  hard_rock_mine: "M0-8.2 8.4 6.6H-8.4Z",
  brine_operation: "M0-9C2.8-4.6 6.6-1.6 6.6 2.2A6.6 6.6 0 0 1-6.6 2.2C-6.6-1.6-2.8-4.6 0-9Z",
  clay_mine: "M0-8 7.8-2.3 4.8 6.8H-4.8L-7.8-2.3Z",
  geothermal_brine: "M-7-6.6H7V1.2L0 8.4-7 1.2Z",
  refinery: "M-4.2-7.3H4.2L8.4 0 4.2 7.3H-4.2L-8.4 0Z",
  cathode_plant: "M0-8.8 8.8 0 0 8.8-8.8 0Z",
  anode_plant: "M-3.6-6.4H8.8L3.6 6.4H-8.8Z",
  component_plant: "M-4.6-6.4H4.6L8.8 6.4H-8.8Z",
  cell_factory: "M-7-7H7V7H-7Z",
  pack_factory: "M-8.2-4.4H-4.8V-7.2H-1.6V-4.4H1.6V-7.2H4.8V-4.4H8.2V6.6H-8.2Z",
  recycling_plant: "M3.4-7.4A8.2 8.2 0 1 0 8.2 0H3.6A3.6 3.6 0 1 1 1.5-3.3Z",
  storage_plant: "M-5-6.6Q-5-8.8-2.8-8.8H2.8Q5-8.8 5-6.6V6.6Q5 8.8 2.8 8.8H-2.8Q-5 8.8-5 6.6Z",
  pilot_plant: "M-2.9-8.2H2.9V-2.9H8.2V2.9H2.9V8.2H-2.9V2.9H-8.2V-2.9H-2.9Z",
};
export const CIRCLE = "M-7.4 0A7.4 7.4 0 1 1 7.4 0 7.4 7.4 0 1 1-7.4 0Z";

/** Lines around the origin; those of a group differ from one another. @type {Record<string, string>} */
const GLYPHS = {
  considered: "M-1.1 0A1.1 1.1 0 1 1 1.1 0 1.1 1.1 0 1 1-1.1 0Z",
  announced: "M-2.9 0A2.9 2.9 0 1 1 2.9 0 2.9 2.9 0 1 1-2.9 0Z",
  exploration: "M-3.2-1.8 0 2.4 3.2-1.8",
  study: "M-3-1.7H3M-3 1.7H3",
  permitting: "M-3.2.2-.9 2.6 3.3-2.4",
  construction: "",
  commissioning: "M-3.2 1.8 0-2.4 3.2 1.8",
  operating: "",
  paused: "M-1.9-3V3M1.9-3V3",
  shelved: "M-3 0H3",
  cancelled: "M-2.6-2.6 2.6 2.6M2.6-2.6-2.6 2.6",
  closed: "M-1.5-1.5H1.5V1.5H-1.5Z",
  unknown: "M-2-1.8A2 2 0 1 1 .9-.1Q0 .5 0 1.6M0 3.6V4",
};

/** As a ring shows them, clockwise from the top. */
export const GROUPS = ["operating", "building", "planned", "paused", "ended", "unknown"];

/** The outline of a kind's symbol. @param {string} kind */
export function shapeOf(kind) {
  return SHAPES[kind] ?? CIRCLE;
}

/** @param {string} status */
export function glyphOf(status) {
  return GLYPHS[status] ?? "";
}

/** What has ended is drawn hollow and quiet. @param {string} group */
export function isHollow(group) {
  return group === "ended";
}

/**
 * The name of the style sheet's colour: what fills a symbol, what surrounds it, or what its glyph is drawn with.
 * @param {string} group @param {"fill" | "line" | "glyph"} part
 */
export function colourName(group, part) {
  return `--${GROUPS.includes(group) ? group : "unknown"}-${part}`;
}
