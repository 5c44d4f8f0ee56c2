// What pages say in four languages: plurals, numbers, dates and lists, as the server says them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { dateText, listText, numberText, say, setTexts } from "../../web/static/base/texts.js";

const FILES = { one: "{count} файл", few: "{count} файла", many: "{count} файлов", other: "{count} файла" };

/** @type {[string, string[], string, string][]} by language: dates, a list, a number */
const SAID = [
  ["en", ["26 Mar 2024", "Mar 2024", "2024"], "a, b and c", "12,345.5"],
  ["es", ["26 mar 2024", "mar 2024", "2024"], "a, b y c", "12.345,5"],
  ["ru", ["26 мар. 2024 г.", "март 2024 г.", "2024"], "a, b и c", "12 345,5"],
  ["zh", ["2024年3月26日", "2024年3月", "2024年"], "a、b和c", "12,345.5"],
];

/** @param {string} text */
function blanks(text) {
  return text.replace(/[\u00a0\u202f]/g, " ");
}

for (const [code, dates, list, number] of SAID)
  test(`dates, lists and numbers of ${code}`, () => {
    setTexts({}, code);
    assert.deepEqual(["2024-03-26", "2024-03", "2024"].map(dateText).map(blanks), dates);
    assert.deepEqual([dateText(null), dateText("2024-03-26T23:59:59Z")].map(blanks), ["", dates[0]]);
    assert.equal(listText(["a", "b", "c"]), list);
    assert.equal(blanks(numberText(12345.5)), number);
  });

test("a text has the plural form of its count", () => {
  setTexts({ "a.files": FILES }, "ru");
  const said = [1, 2, 5, 11, 21, 22, 1.5].map((count) => say("a.files", { count }));
  assert.deepEqual(said, ["1 файл", "2 файла", "5 файлов", "11 файлов", "21 файл", "22 файла", "1,5 файла"]);
});

test("a value is put in as it is, whatever is in it", () => {
  setTexts({ "a.name": "“{name}”, {year}" }, "en");
  assert.equal(say("a.name", { name: "$& {year} <b>", year: "1066" }), "“$& {year} <b>”, 1066");
});
