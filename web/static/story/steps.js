// At which step of a story is the reader?

/**
 * The last step whose beginning has passed the reading line; the first one before any has.
 * @param {readonly number[]} tops where the steps begin, pixels from the top of the window, rising
 * @param {number} line where the reader reads, pixels from the top of the window
 * @param {boolean} isAtEnd has the page been scrolled to its end, where the last steps may not reach the line?
 */
export function stepAt(tops, line, isAtEnd) {
  if (isAtEnd) return tops.length - 1;
  const passed = tops.filter((top) => top <= line).length;
  return Math.max(passed - 1, 0);
}
