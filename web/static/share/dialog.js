// How does the reader pass on, cite and take away just what is shown?

import { IS_PUBLISHED } from "../base/root.js";
import { SIZES, changesAddress, citeAddress, downloadAddress, embedCode, fileName, formsOf } from "./address.js";
import { copyButton } from "./copy.js";
import { PARTED, addressOf, selected, wholeFiles } from "./files.js";
import { contentOf } from "./legend.js";
import { asPng, asSvg, hasForeignTiles } from "./picture.js";
import { byId, el, fill } from "../base/dom.js";
import { dateText, languageOf, say } from "../base/texts.js";

/** What is shown. @typedef {{dataset: import("../base/dataset.js").Dataset, state: import("../find/state.js").State, known: import("../find/url.js").Known}} Context */
/** @typedef {import("../find/select.js").Selection} Selection */
/** A part of the dialog; `show` is called when it opens. @typedef {{name: string, body: HTMLElement, show: () => void}} Part */

/** A dialog about what is shown now; it is gone once it is closed. @param {Context} context @param {Selection} selection @returns {HTMLDialogElement} */
export function shareDialog(context, { rows }) {
  const parts = partsOf(context, rows);
  /** @type {HTMLDialogElement} */
  const dialog = el("dialog", {
    id: "share-dialog",
    "aria-labelledby": "share-title",
    onclick: (event) => closeOutside(event, dialog),
    onclose: () => dialog.remove(),
  });
  const close = { type: "button", class: "close", "aria-label": say("share.close"), onclick: () => dialog.close() };
  const heading = el("h2", { id: "share-title" }, say("share.title"));
  fill(dialog, el("button", close, "×"), heading, ...parts.map((part, i) => section(part, i === 0)));
  document.body.append(dialog);
  return dialog;
}

/** A page that was saved as a file has no server to ask. @param {Context} context @param {Uint32Array} rows @returns {Part[]} */
function partsOf(context, rows) {
  const isServed = !document.body.classList.contains("standalone");
  const taken = IS_PUBLISHED ? takeAway : download;
  const framed = "framed" in document.body.dataset ? [embed()] : []; // where the operator lets other sites show the map
  return [...(isServed ? [link(context), cite(context), ...framed, taken(context, rows)] : []), picture(context, rows)];
}

/** @param {Part} part @param {boolean} isOpen */
function section({ name, body, show }, isOpen) {
  const details = el("details", { name: "share", id: `share-${name}`, open: isOpen }, el("summary", {}, say(`share.${name}`)), body);
  details.addEventListener("toggle", () => details.open && show());
  return details;
}

/** A click on what lies behind the dialog reaches the dialog itself. @param {MouseEvent} event @param {HTMLDialogElement} dialog */
function closeOutside(event, dialog) {
  if (event.target !== dialog) return;
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const isInside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
  if (!isInside) dialog.close();
}

/** @param {Context} context @returns {Part} */
function link({ state, known }) {
  const field = el("input", { type: "text", readonly: true, "aria-label": say("share.link_label"), onfocus: () => field.select() });
  const follow = el("a", { href: changesAddress(state.choices, known.groups, languageOf()) }, say("share.follow"));
  const followed = IS_PUBLISHED ? [] : [el("p", { id: "follow" }, follow)];
  const body = el("div", { class: "share-part" }, field, copyButton(field), ...followed);
  return { name: "link", body, show: () => void (field.value = location.href) };
}

/** @param {Context} context @returns {Part} */
function cite({ state, known }) {
  let form = "text";
  let reading = new AbortController();
  const field = el("textarea", { readonly: true, rows: 6, "aria-label": say("share.cite_label") });
  const said = el("p", { role: "status" });
  const forms = ["text", "bibtex", "ris", "csl"].map((name) =>
    el("label", {}, el("input", { type: "radio", name: "cite-form", value: name, checked: name === form, onchange: () => choose(name) }), ` ${say(`share.cite_${name}`)}`),
  );
  const group = el("fieldset", {}, el("legend", { class: "visually-hidden" }, say("share.cite_form")), ...forms);
  const body = el("div", { class: "share-part" }, el("p", { class: "quiet" }, say(IS_PUBLISHED ? "share.cite_whole" : "share.cite_what")), group, said, field, copyButton(field));
  return { name: "cite", body, show };

  /** @param {string} name */
  function choose(name) {
    form = name;
    void show();
  }

  async function show() {
    reading.abort();
    const { signal } = (reading = new AbortController());
    said.textContent = say("share.cite_loading");
    try {
      const answer = await fetch(citeAddress(state.choices, known.groups, form), { signal });
      if (!answer.ok) throw new Error(String(answer.status));
      field.value = await answer.text();
      said.textContent = "";
    } catch {
      if (signal.aborted) return;
      field.value = "";
      fill(said, say("share.failed"), " ", el("button", { type: "button", onclick: () => show() }, say("share.again")));
    }
  }
}

/** @returns {Part} */
function embed() {
  const field = el("textarea", { readonly: true, rows: 5, "aria-label": say("share.embed_label"), spellcheck: "false" });
  const options = Object.keys(SIZES).map((name) => el("option", { value: name, selected: name === "medium" }, say(`share.embed_${name}`)));
  const size = el("select", { onchange: () => show() }, ...options);
  const chosen = el("label", {}, say("share.embed_size"), " ", size);
  const body = el("div", { class: "share-part" }, el("p", { class: "quiet" }, say("share.embed_what")), chosen, field, copyButton(field));
  return { name: "embed", body, show };

  function show() {
    const title = say("share.embed_title", { headline: byId("sentence").textContent ?? "" });
    field.value = embedCode({ page: location.href, language: languageOf(), hash: location.hash }, size.value, title);
  }
}

/** @param {Context} context @param {Uint32Array} rows @returns {Part} */
function download({ state, known }, rows) {
  const said = el("p", {});
  const forms = formsOf(document.body.dataset.forms);
  const links = forms.map(({ name }) => el("a", { class: "button", "data-form": name }, say(`share.download_${name}`)));
  const list = el("ul", { class: "share-forms" }, ...links.map((each) => el("li", {}, each)));
  return { name: "download", body: el("div", { class: "share-part" }, said, list), show };

  function show() {
    const count = rows.length;
    const date = state.choices.as_of ? say("share.download_as_of", { date: dateText(state.choices.as_of) }) : "";
    said.textContent = count ? [say("share.download_count", { count }), date].join(" ") : say("share.download_nothing");
    links.forEach((each, i) => {
      offer(each, count ? downloadAddress(state.choices, known.groups, forms[i]) : null);
      if (count) each.download = nameOf(state.choices, known.groups, forms[i].ending); // where the server gives it none
    });
  }
}

/** Where there are files only, the selection is made here, of what is known today. @param {Context} context @param {Uint32Array} rows @returns {Part} */
function takeAway({ dataset, state, known }, rows) {
  const said = el("p", { role: "status" });
  const buttons = PARTED.map((form) =>
    el("button", { type: "button", "data-form": form, disabled: rows.length === 0, onclick: () => save(form) }, say(`share.download_${form === "geojson" ? "geojsonfile" : form}`)),
  );
  const whole = el("p", { class: "quiet share-whole" });
  const list = el("ul", { class: "share-forms" }, ...buttons.map((each) => el("li", {}, each)));
  return { name: "download", body: el("div", { class: "share-part" }, said, list, whole), show };

  async function show() {
    const count = rows.length;
    const today = state.choices.as_of ? say("share.download_today", { date: dateText(state.choices.as_of) }) : "";
    said.textContent = count ? [say("share.download_count", { count }), today].join(" ") : say("share.download_nothing");
    const files = await wholeFiles();
    const links = files.map((file) => el("a", { href: addressOf(file), download: file.name }, file.title));
    fill(whole, say("share.download_whole"), ...links.flatMap((each) => [" ", each]));
  }

  /** @param {import("./files.js").Form} form */
  async function save(form) {
    try {
      const ids = new Set(Array.from(rows, (row) => dataset.told.ids[row]));
      const name = nameOf({ ...state.choices, as_of: null }, known.groups, form);
      saveAs(await selected(form, ids), name);
      said.textContent = say("share.download_saved", { name });
    } catch (error) {
      console.warn(error);
      said.textContent = say("share.failed");
    }
  }
}

/** A link without an address cannot be followed. @param {HTMLAnchorElement} link @param {string | null} address */
function offer(link, address) {
  if (address === null) link.removeAttribute("href");
  else link.href = address;
  link.setAttribute("aria-disabled", String(address === null));
}

/** @param {Context} context @param {Uint32Array} rows @returns {Part} */
function picture({ dataset, state, known }, rows) {
  const container = /** @type {HTMLElement} */ (document.querySelector(".leaflet-container"));
  const said = el("p", { role: "status" });
  const tiles = el("p", { class: "quiet" }, say("share.picture_without_tiles"));
  const what = el("p", { class: "quiet" }, say("share.picture_what"), " ", say("share.picture_svg_what"));
  const buttons = el("p", { class: "share-forms" }, button("png", asPng), button("svg", asSvg));
  const body = el("div", { class: "share-part" }, what, tiles, buttons, said);
  return { name: "picture", body, show: () => void (tiles.hidden = !hasForeignTiles(container)) };

  /** @param {"png" | "svg"} ending @param {typeof asPng} make */
  function button(ending, make) {
    const save = async () => {
      try {
        const name = nameOf(state.choices, known.groups, ending);
        saveAs(await make(container, contentOf(dataset, rows, container)), name);
        said.textContent = say("share.picture_saved", { name });
      } catch (error) {
        console.warn(error);
        said.textContent = say("share.picture_failed");
      }
    };
    return el("button", { type: "button", "data-form": ending, onclick: save }, say(`share.picture_${ending}`));
  }
}

/** @param {import("../find/choices.js").Choices} choices @param {import("../find/url.js").Known["groups"]} groups @param {string} ending */
function nameOf(choices, groups, ending) {
  return fileName(document.body.dataset.product ?? "map", choices, groups, ending);
}

/** @param {Blob} blob @param {string} name */
function saveAs(blob, name) {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
