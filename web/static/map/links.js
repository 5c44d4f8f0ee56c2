// How is it shown that the open record and another one belong together? By a quiet curved line.

/** @typedef {import("./crowds.js").Brush} Brush */
/** @typedef {{x: number, y: number}} At */

const BEND = 0.16; // of the line's length

/** @param {Brush} brush @param {[At, At][]} ends */
export function paintLinks({ ctx, palette }, ends) {
  ctx.lineCap = "round";
  for (const [from, to] of ends) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    ctx.beginPath();
    ctx.moveTo(from.x, from.y);
    ctx.quadraticCurveTo(from.x + dx / 2 + BEND * dy, from.y + dy / 2 - BEND * Math.abs(dx), to.x, to.y);
    ctx.strokeStyle = palette.halo;
    ctx.lineWidth = 4;
    ctx.stroke();
    ctx.globalAlpha = 0.7;
    ctx.strokeStyle = palette.accent;
    ctx.lineWidth = 1.5;
    ctx.stroke();
    ctx.globalAlpha = 1;
  }
  ctx.lineCap = "butt";
}
