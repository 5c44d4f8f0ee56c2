"""What axe, the checker of accessibility, finds on a page as it is."""

from conftest import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Targets of at least 24 pixels are a rule of WCAG 2.2 that axe leaves out unless it is asked.
_RUN = """async ([part, only]) => {
  const options = { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } };
  const { violations } = await axe.run(part ?? document, only ? { ...options, runOnly: [only] } : options);
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]);
}"""


def violations(page, part=None):
    """Return each rule that is broken on the page or in a part of it, with what it was found on.

    In the dark only the colours are others.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(_RUN, [part, None])
    page.emulate_media(color_scheme="dark")
    in_the_dark = page.evaluate(_RUN, [part, "color-contrast"])
    page.emulate_media(color_scheme="light")
    return found + [[f"{rule} in the dark", nodes] for rule, nodes in in_the_dark]
