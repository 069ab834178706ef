"""Takes the pictures of ``docs/screens`` from the world ``story`` (``make screens``). All persons are invented."""

import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.browser.desk import Desks  # noqa: E402
from tests.browser.fixtures import FLAGS, chromium  # noqa: E402
from tests.browser.serving import ROOT, serve  # noqa: E402

TARGET = ROOT / "docs" / "screens"
PERSON = "30-2019-001"  # Alizé, whose six months are told in full
WIDE, PHONE = {"width": 1366, "height": 900}, {"width": 360, "height": 740}
MOST_BYTES = 250_000

Address = Callable[[dict[str, Any]], str]
# picture → account, address, colours, size
SCREENS: dict[str, tuple[str, Address, str, dict[str, int]]] = {
    "home-referent": ("ts-maiwenn", lambda ids: "/", "light", WIDE),
    "task-list": ("ts-maiwenn", lambda ids: f"/applications/{ids['left']}/", "light", WIDE),
    "one-part": ("ts-maiwenn", lambda ids: f"/applications/{ids['left']}/parts/project/", "light", WIDE),
    "session-room": ("dd-anouk", lambda ids: f"/meetings/points/{ids['item']}/", "light", WIDE),
    "reading-sheet": ("mb-cd-30", lambda ids: f"/meetings/points/{ids['item']}/", "light", WIDE),
    "decisions": ("pref-38", lambda ids: "/", "light", WIDE),
    "timeline": ("ts-maiwenn", lambda ids: f"/journeys/{ids[PERSON]}/", "light", WIDE),
    "rights": ("ts-maiwenn", lambda ids: f"/journeys/{ids[PERSON]}/rights/", "light", WIDE),
    "liaison-thread": ("ts-maiwenn", lambda ids: f"/liaison/{ids[PERSON]}/", "light", WIDE),
    "convention": ("pdt-calandre", lambda ids: ids["convention"], "light", WIDE),
    "steering": ("dd-anouk", lambda ids: "/steering/", "light", WIDE),
    "home-referent-dark": ("ts-maiwenn", lambda ids: "/", "dark", WIDE),
    "timeline-dark": ("ts-maiwenn", lambda ids: f"/journeys/{ids[PERSON]}/", "dark", WIDE),
    "home-referent-phone": ("ts-maiwenn", lambda ids: "/", "light", PHONE),
    "one-part-phone": ("ts-maiwenn", lambda ids: f"/applications/{ids['left']}/parts/project/", "light", PHONE),
}


def shrink(picture: bytes) -> bytes:
    """The same picture with 256 colours, light enough for a repository."""
    from PIL import Image

    file = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
        file, "PNG", optimize=True
    )
    return file.getvalue()


def main(whole: Path | None = None) -> int:
    """Returns the exit status. ``whole``: a folder for pictures of the whole pages, to look at."""
    if not chromium():
        print("Chromium is absent (set CHROMIUM or install chromium)", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="jalon-screens-") as folder,
        serve("story", Path(folder) / "world") as server,
        sync_playwright() as playwright,
    ):
        ids = json.loads(server.run("-m", "tests.browser.sitting").stdout)
        ids |= {one["number"]: one["id"] for one in server.world["dossiers"]}
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        desks = Desks(server, browser)
        links = desks("pdt-calandre").go("/conventions/").main.locator("tbody th a")
        ids["convention"] = links.first.get_attribute("href")
        for name, (account, address, colours, size) in SCREENS.items():
            desk = desks(account)
            desk.context.add_cookies([{"name": "theme", "value": colours, "url": server.base_url}])
            desk.page.set_viewport_size(size)  # type: ignore[arg-type]
            desk.go("/").confirm().go(address(ids))
            desk.page.wait_for_load_state("networkidle")
            picture = shrink(desk.page.screenshot())
            assert len(picture) < MOST_BYTES, f"{name}: {len(picture)} bytes"
            (TARGET / f"{name}.png").write_bytes(picture)
            if whole:
                (whole / f"{name}.png").write_bytes(desk.page.screenshot(full_page=True))
            print(f"{name}.png  {len(picture) // 1024} kB")
        desks.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
