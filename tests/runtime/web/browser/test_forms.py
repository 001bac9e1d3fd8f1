"""Sending photos and forms."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.runtime.web.browser.harness import WEB

Opener = Callable[..., Page]
ROOM = (WEB / "static/samples/room-1.webp").read_bytes()
FORM = "form#drop"


def photo(name: str, body: bytes = ROOM) -> FilePayload:
    """A file as a person would choose it."""
    return {"name": name, "mimeType": "image/webp", "buffer": body}


def choose(page: Page, *files: FilePayload) -> None:
    """Choose files in the file drop."""
    page.locator(f"{FORM} .drop-zone > input[type=file]").set_input_files(list(files))


def test_each_photo_is_sent_and_the_form_carries_its_id(open_page: Opener, troubles: list[str]) -> None:
    page = open_page("/p/ui")

    choose(page, photo("kitchen.webp"), photo("hall.webp"))
    expect(page.locator(f"{FORM} .file[data-state=done]")).to_have_count(2)
    assert troubles == []
    page.locator(f"{FORM} button[type=submit]").click()

    page.wait_for_url("**/echo")
    assert page.locator("body").inner_text().count('"image"') == 2


def test_a_refused_file_is_named_and_the_others_go_on(open_page: Opener) -> None:
    page = open_page("/p/ui")

    choose(page, photo("kitchen.webp"), photo("notes.txt", b"hello"), photo("hall.webp"))

    failed = page.locator(f"{FORM} .file[data-state=failed]")
    expect(failed).to_have_count(1)
    expect(failed.locator(".file-name")).to_have_text("notes.txt")
    expect(failed.locator(".file-note")).to_have_text("This is a text file, not a photo.")
    expect(failed.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.locator(f"{FORM} .file[data-state=done]")).to_have_count(2)


def test_a_removed_photo_is_not_sent_with_the_form(open_page: Opener) -> None:
    page = open_page("/p/ui")
    choose(page, photo("kitchen.webp"), photo("hall.webp"))
    expect(page.locator(f"{FORM} .file[data-state=done]")).to_have_count(2)

    page.locator(f"{FORM} .file").first.get_by_role("button", name="Remove").click()

    expect(page.locator(f"{FORM} input[type=hidden][name=image]")).to_have_count(1)


def test_a_dropped_and_a_pasted_photo_are_taken(open_page: Opener) -> None:
    page = open_page("/p/ui")

    page.evaluate(
        """async () => {
          const answer = await fetch(document.querySelector("#picture img").src);
          const files = new DataTransfer();
          files.items.add(new File([await answer.blob()], "dropped.webp", { type: "image/webp" }));
          const zone = document.querySelector("file-drop");
          zone.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: files }));
        }"""
    )

    expect(page.locator(f"{FORM} .file[data-state=done]")).to_have_count(2)


def test_a_paused_photo_waits_until_it_is_continued(open_page: Opener) -> None:
    page = open_page("/p/ui")
    page.route("**/api/v1/uploads", lambda _route: None)
    choose(page, photo("kitchen.webp"))
    row = page.locator(f"{FORM} .file")

    row.get_by_role("button", name="Pause").click()
    expect(row).to_have_attribute("data-state", "paused")
    page.unroute("**/api/v1/uploads")
    row.get_by_role("button", name="Continue").click()

    expect(row).to_have_attribute("data-state", "done")


def test_more_photos_than_allowed_are_left_out_with_a_word(open_page: Opener) -> None:
    page = open_page("/p/ui")

    choose(page, *(photo(f"{number}.webp") for number in range(31)))

    expect(page.locator(f"{FORM} .file")).to_have_count(30)
    expect(page.locator(f"{FORM} [data-drop-error]")).to_contain_text("Only 30 photos")


def test_without_scripts_the_file_goes_with_the_form(open_page: Opener, tmp_path: Path) -> None:
    path = tmp_path / "kitchen.webp"
    path.write_bytes(ROOM)
    page = open_page("/p/ui", scripts=False)

    page.locator(f"{FORM} .drop-zone > input[type=file]").set_input_files(path)
    page.locator(f"{FORM} button[type=submit]").click()

    page.wait_for_url("**/echo")
    assert "kitchen.webp" in page.locator("body").inner_text()


def test_a_form_is_sent_once_however_often_its_button_is_pressed(open_page: Opener) -> None:
    page = open_page("/p/card")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.route("**/echo", lambda route: route.fulfill(status=204))
    page.get_by_label("E-mail").fill("deniz@example.org")
    page.locator("#f-password").fill("correct horse battery")
    button = page.locator("button[type=submit]")

    for _press in range(3):
        button.click(force=True)

    expect(button).to_have_attribute("aria-busy", "true")
    expect(button).to_have_text("Signing in…")
    assert sent.count("POST") == 1


def test_a_password_can_be_read_while_it_is_typed(open_page: Opener) -> None:
    page = open_page("/p/card")

    page.get_by_role("button", name="Show what I type").click()

    expect(page.locator("#f-password")).to_have_attribute("type", "text")
