"""Take the README's picture: the map with the record that the ledger began with."""

from __future__ import annotations

import tempfile
from pathlib import Path

from chromium import launch
from conftest import ROOT, Server
from playwright.sync_api import sync_playwright
from visits import Visit


def main() -> None:
    """Serve the dataset, open the record, and keep the picture."""
    server = Server(Path(tempfile.mkdtemp()) / "ledger.gpkg")
    with sync_playwright() as playwright:
        seen = Visit(launch(playwright), viewport={"width": 1440, "height": 900})
        page = seen.open_map(f"{server.url}/#5/-19.1/-61.4?rec=bo-rosatom-battery-factory")
        page.locator("#panel h2").wait_for()
        page.screenshot(path=ROOT / "web" / "screenshot.png")
    server.stop()


if __name__ == "__main__":
    main()
