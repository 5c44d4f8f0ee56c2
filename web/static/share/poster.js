// How do map, headline, legend and credit lie on one sheet? Boxes and lines of text, for a canvas or an SVG to draw.

/**
 * What the sheet says; `map` is the size of the map's picture in pixels.
 * @typedef {object} Content
 * @property {string} headline
 * @property {string} date
 * @property {{label: string, fill: string, line: string}[]} legend
 * @property {string} credit
 * @property {string} address
 * @property {{width: number, height: number}} map
 */
/** @typedef {{x: number, y: number, text: string, font: string, colour: "ink" | "quiet"}} Line */
/** `fill` is "none" for a hollow one. @typedef {{x: number, y: number, radius: number, fill: string, line: string}} Dot */
/** @typedef {{width: number, height: number, map: {x: number, y: number}, lines: Line[], dots: Dot[]}} Sheet */
/** How wide a text is in a font, in pixels. @typedef {(text: string, font: string) => number} Measure */
/** @typedef {{serif: string, sans: string}} Fonts */

const PAD = 24;
const LEAST = 320; // pixels that a headline needs

/** @param {Content} content @param {Fonts} fonts @param {Measure} measure @returns {Sheet} */
export function layOut(content, fonts, measure) {
  const width = Math.max(LEAST, content.map.width);
  const inner = width - 2 * PAD;
  const head = paragraph(content.headline, `600 24px ${fonts.serif}`, 30, inner, measure);
  const date = paragraph(content.date, `15px ${fonts.sans}`, 22, inner, measure, "quiet");
  const top = [...head.lines.map(down(PAD)), ...date.lines.map(down(PAD + head.height))];
  const mapY = PAD + head.height + date.height + 12;
  const legend = row(content.legend, `14px ${fonts.sans}`, inner, measure);
  const legendY = mapY + content.map.height + 14;
  const small = `12px ${fonts.sans}`;
  const credit = paragraph(content.credit, small, 17, inner, measure, "quiet");
  const address = paragraph(content.address, small, 17, inner, measure, "quiet");
  const creditY = legendY + legend.height + 8;
  const lines = [
    ...top,
    ...legend.lines.map(down(legendY)),
    ...credit.lines.map(down(creditY)),
    ...address.lines.map(down(creditY + credit.height)),
  ];
  return {
    width,
    height: creditY + credit.height + address.height + PAD,
    map: { x: (width - content.map.width) / 2, y: mapY },
    lines,
    dots: legend.dots.map((dot) => ({ ...dot, y: dot.y + legendY })),
  };
}

/** @param {number} by @returns {(line: Line) => Line} */
function down(by) {
  return (line) => ({ ...line, y: line.y + by });
}

/**
 * @param {string} text @param {string} font @param {number} step pixels from line to line @param {number} width
 * @param {Measure} measure @param {"ink" | "quiet"} [colour] @returns {{lines: Line[], height: number}}
 */
function paragraph(text, font, step, width, measure, colour = "ink") {
  const texts = text === "" ? [] : wrapped(text, width, (each) => measure(each, font));
  const lines = texts.map((each, i) => ({ x: PAD, y: (i + 0.75) * step, text: each, font, colour }));
  return { lines, height: texts.length * step };
}

/** A text in lines; what has no blank to break at, as an address, is broken anywhere. @param {string} text @param {number} width @param {(text: string) => number} measure @returns {string[]} */
export function wrapped(text, width, measure) {
  const lines = [""];
  for (const word of text.split(" ").flatMap((each) => pieces(each, width, measure))) {
    const longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
    if (measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** @param {string} word @param {number} width @param {(text: string) => number} measure @returns {string[]} */
function pieces(word, width, measure) {
  if (measure(word) <= width) return [word];
  const letters = Array.from(word);
  let [low, high] = [1, letters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(letters.slice(0, middle).join("")) <= width) low = middle;
    else high = middle - 1;
  }
  return [letters.slice(0, low).join(""), ...pieces(letters.slice(low).join(""), width, measure)];
}

/** @param {Content["legend"]} legend @param {string} font @param {number} width @param {Measure} measure */
function row(legend, font, width, measure) {
  /** @type {Line[]} */
  const lines = [];
  /** @type {Dot[]} */
  const dots = [];
  let [x, y] = [PAD, 14];
  for (const { label, fill, line } of legend) {
    const long = measure(label, font) + 22;
    if (x > PAD && x + long > PAD + width) [x, y] = [PAD, y + 24];
    dots.push({ x: x + 6, y: y - 5, radius: 6, fill, line });
    lines.push({ x: x + 18, y, text: label, font, colour: "ink" });
    x += long + 18;
  }
  return { lines, dots, height: legend.length ? y + 8 : 0 };
}
