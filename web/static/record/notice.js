// What must the reader know before anything else: what has nobody said about this project?

/**
 * By rule from the record, never by text about one record.
 * @param {any} properties
 * @returns {{title: string, text: string} | null}
 */
export function noticeOf(properties) {
  const accuracy = properties.location_accuracy;
  const placeless = accuracy === "country" || accuracy === "undisclosed";
  if (!placeless && properties.status !== "considered") return null;
  return { title: titleOf(missing(properties, placeless)), text: textOf(accuracy, properties.status) };
}

/** @param {any} properties @param {boolean} placeless */
function missing(properties, placeless) {
  const dated = properties.start_planned || properties.start_actual;
  return [placeless && "site", !properties.capacities?.length && "size", !dated && "date"].filter(
    (word) => word !== false,
  );
}

/** @param {string[]} words */
function titleOf(words) {
  if (words.length === 0) return "Nothing is committed.";
  const last = words[words.length - 1];
  return `No ${words.length > 1 ? `${words.slice(0, -1).join(", ")} or ` : ""}${last} has been named.`;
}

/** @param {string} accuracy @param {string} status */
function textOf(accuracy, status) {
  const sentences = [];
  if (status === "considered") sentences.push("It is only considered so far.");
  if (accuracy === "country") sentences.push("The map marks the whole country, because no source says where in it.");
  if (accuracy === "undisclosed") sentences.push("It is not on the map, because no source says where it is.");
  return sentences.join(" ");
}
