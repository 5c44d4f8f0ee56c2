// Whose proposal is it? The link that its author kept has the token behind the #, which no server is told.

const field = /** @type {HTMLInputElement | null} */ (document.getElementById("token"));
const kept = new URLSearchParams(location.hash.slice(1)).get("token");
if (field && kept) {
  field.value = kept.slice(0, field.maxLength);
  document.getElementById("yours")?.scrollIntoView();
}
