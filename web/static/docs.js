// Shows the API's own description, and mends what keeps it from being read by everyone.
// The validator of swagger.io, a request to another host, is off.

const root = /** @type {HTMLElement} */ (document.getElementById("swagger-ui"));
/** English, as the description itself. */
const PARTS = { ".information-container": "About this API", ".schemes-server-container": "Server and key" };
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Swagger UI has dark colours, and does not ask what the reader prefers. */
function colour() {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}

/** Swagger UI draws again and again what is mended here; each of these says the same however often it is said. */
function mend() {
  // The label stands around the select, and has no words.
  for (const select of root.querySelectorAll("#servers")) select.setAttribute("aria-label", "Server");
  // The title is a heading of the first level; those of groups and schemas are of the second.
  for (const heading of root.querySelectorAll("h3.opblock-tag, .models > h4")) heading.setAttribute("aria-level", "2");
  // What stands before the main part is no part of it.
  for (const [part, name] of Object.entries(PARTS)) {
    root.querySelector(part)?.setAttribute("role", "region");
    root.querySelector(part)?.setAttribute("aria-label", name);
  }
  // A link within a button is no second control: the button does the same.
  for (const link of root.querySelectorAll(".opblock-summary-control a[href]")) link.removeAttribute("href");
}

colour();
dark.addEventListener("change", colour);
new MutationObserver(mend).observe(root, { childList: true, subtree: true });
/** @type {any} */ (window).SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
});
