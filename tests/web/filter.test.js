// Conditions as CQL2: nothing that a reader types leaves its literal.

import assert from "node:assert/strict";
import { test } from "node:test";

import { conditionText, filterText, literal, operatorsOf, takesValue } from "../../web/static/filter/cql2.js";

/** @param {string} kind @param {string} operator @param {string} [value] */
const condition = (kind, operator, value = "") => ({ property: { name: kind, title: kind, kind }, operator, value });

test("each kind of property is written as CQL2 has it", () => {
  const written = [
    condition("number", ">=", " 12.5 "),
    condition("date", "<", "2024-03"),
    condition("country", "<>", "BO"),
    condition("flag", "true"),
    condition("ids", "lacks", "catl"),
    condition("text", "missing", "left over"),
  ].map(conditionText);
  assert.deepEqual(written, [
    "number >= 12.5",
    "date < DATE('2024-03')",
    "country <> 'BO'",
    "flag = TRUE",
    "NOT A_CONTAINS(ids, ('catl'))",
    "text IS NULL",
  ]);
});

test("nothing that is typed ends its literal, or stands for other text", () => {
  assert.equal(literal("it's \\ 5"), "'it''s \\\\ 5'");
  assert.equal(conditionText(condition("text", "contains", "100%_\\")), "CASEI(text) LIKE CASEI('%100\\\\%\\\\_\\\\\\\\%')");
});

test("a condition without its value is left out, and the others are joined", () => {
  const conditions = [condition("text", "=", "a"), condition("number", ">", " "), condition("flag", "false")];
  assert.equal(filterText(conditions, "OR"), "text = 'a' OR flag = FALSE");
  assert.equal(filterText([condition("text", "=", "")], "AND"), "");
});

test("every kind can be asked for what is not known, which takes no value", () => {
  for (const kind of ["text", "number", "integer", "date", "time", "flag", "code", "country", "ids"]) {
    const operators = operatorsOf({ name: kind, title: kind, kind });
    assert.ok(operators.includes("missing") && operators.includes("there"));
    assert.deepEqual(operators.filter((each) => !takesValue(each)).length, kind === "flag" ? 4 : 2);
  }
});
