"""What axe, the checker of accessibility, finds on a page as it is."""

from conftest import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Targets of at least 24 pixels are a rule of WCAG 2.2 that axe leaves out unless it is asked.
_RUN = """async () => {
  const { violations } = await axe.run(document, { rules: { "target-size": { enabled: true } } });
  return violations;
}"""


def violations(page):
    """Return each rule that is broken, with what it was found on."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    return [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in page.evaluate(_RUN)]
