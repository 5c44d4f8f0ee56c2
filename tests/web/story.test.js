// The step of a story follows the reading line, whatever the reader's window.

import assert from "node:assert/strict";
import { test } from "node:test";

import { stepAt } from "../../web/static/story/steps.js";

test("the step is the last one that has passed the line", () => {
  assert.equal(stepAt([300, 800, 1300], 500, false), 0);
  assert.equal(stepAt([-200, 480, 900], 500, false), 1);
  assert.equal(stepAt([-900, -300, 500], 500, false), 2);
});

test("before the first step has passed it is the first, at the page's end the last", () => {
  assert.equal(stepAt([700, 900], 500, false), 0);
  assert.equal(stepAt([-100, 600, 700], 500, true), 2);
});
