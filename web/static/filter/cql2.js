// How are conditions written in CQL2 (OGC 21-065r2)? The server reads the same text from anybody.

/** @typedef {{name: string, title: string, kind: string, codes?: [string, string][]}} Property */
/** @typedef {{property: Property, operator: string, value: string}} Condition */

const COMPARED = ["=", "<>", "<", "<=", ">", ">="];
/** The operators of a kind of property, by their keys. @type {Record<string, string[]>} */
const BY_KIND = {
  text: ["contains", "begins", "=", "<>"],
  number: COMPARED,
  integer: COMPARED,
  date: COMPARED,
  time: COMPARED,
  flag: ["true", "false"],
  code: ["=", "<>"],
  country: ["=", "<>"],
  ids: ["holds", "lacks"],
};
const WITHOUT_VALUE = ["true", "false", "missing", "there"];

/** @param {Property} property */
export function operatorsOf(property) {
  return [...(BY_KIND[property.kind] ?? COMPARED), "missing", "there"];
}

/** @param {string} operator */
export function takesValue(operator) {
  return !WITHOUT_VALUE.includes(operator);
}

/** A text as a literal; a backslash would take the meaning of what follows it. @param {string} text */
export function literal(text) {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** A text that LIKE finds as it is. @param {string} text */
function pattern(text) {
  return text.replace(/[\\%_]/g, (sign) => `\\${sign}`);
}

/** The text of a condition; "" where its value is not filled in yet. @param {Condition} condition */
export function conditionText({ property, operator, value }) {
  const { name, kind } = property;
  const typed = value.trim();
  if (takesValue(operator) && !typed) return "";
  switch (operator) {
    case "true":
    case "false":
      return `${name} = ${operator.toUpperCase()}`;
    case "missing":
      return `${name} IS NULL`;
    case "there":
      return `${name} IS NOT NULL`;
    case "contains":
      return `CASEI(${name}) LIKE CASEI(${literal(`%${pattern(typed)}%`)})`;
    case "begins":
      return `CASEI(${name}) LIKE CASEI(${literal(`${pattern(typed)}%`)})`;
    case "holds":
      return `A_CONTAINS(${name}, (${literal(typed)}))`;
    case "lacks":
      return `NOT A_CONTAINS(${name}, (${literal(typed)}))`;
    default:
      return `${name} ${operator} ${valueText(kind, typed)}`;
  }
}

/** @param {string} kind @param {string} typed */
function valueText(kind, typed) {
  if (kind === "number" || kind === "integer") return typed;
  return kind === "date" || kind === "time" ? `DATE(${literal(typed)})` : literal(typed);
}

/** The text of several conditions, all or any of which must be true. @param {Condition[]} conditions @param {string} join */
export function filterText(conditions, join) {
  return conditions.map(conditionText).filter(Boolean).join(` ${join} `);
}
