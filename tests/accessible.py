"""What axe, the checker of accessibility, finds on a page as it is."""

from conftest import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_NARROW = 800  # pixels
# Targets of at least 24 pixels are a rule of WCAG 2.2 that axe leaves out unless it is asked.
_RUN = """async ([part, more]) => {
  const rules = { "target-size": { enabled: true }, ...more.rules };
  const options = { resultTypes: ["violations"], ...more, rules };
  const { violations } = await axe.run(part ?? document, options);
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]);
}"""


def violations(page, part=None):
    """Return each rule that is broken on the page or in a part of it, with what it was found on.

    In the dark only the colours are others, and these are the same in a narrow window.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(_RUN, [part, {}])
    if page.viewport_size["width"] < _NARROW:
        return found
    page.emulate_media(color_scheme="dark")
    in_the_dark = page.evaluate(_RUN, [part, {"runOnly": ["color-contrast"]}])
    page.emulate_media(color_scheme="light")
    return found + [[f"{rule} in the dark", nodes] for rule, nodes in in_the_dark]


_LOOKS = """() => [...document.body.querySelectorAll("*")].map((element) => {
  const { color, backgroundColor, opacity, fontSize, fontWeight } = getComputedStyle(element);
  return [color, backgroundColor, opacity, parseFloat(fontSize) < 18 || fontWeight].join();
}).join("\\n")"""


def violations_when_narrow(page, viewport):
    """Return what is broken on a page that looks the same, in a narrower window, but for the places of its parts.

    Contrasts are those of the wide one then, and are most of the work on a long page.
    """
    wide = page.evaluate(_LOOKS)
    page.set_viewport_size(viewport)
    assert wide == page.evaluate(_LOOKS)
    return page.evaluate(_RUN, [None, {"rules": {"color-contrast": {"enabled": False}}}])
