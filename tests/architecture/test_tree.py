"""What is in the tree may be shown to the world, and what is written about it is true."""

import re
import subprocess
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from dev.third_party import PAGE, find_problems, locked_packages, read_page

ROOT = Path(__file__).parent.parent.parent
PUBLIC_HOSTS = {"pypi.org", "files.pythonhosted.org"}
PRIVATE = re.compile(
    r"""
    (?<![\w.~-]) / (?:root|home/(?!USER\b)\w+|Users/\w+|work|opt/pypi) /   # a folder of one machine
    | [A-Z]:\\Users\\
    | \b(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\b        # a private address
    | \b[\w-]+\.(?:internal|corp|lan)\b                                    # a private name
    """,
    re.VERBOSE,
)
"""Examples in tests use the ranges that are set aside for documentation, and the network rules use CIDR in code."""

MAY_NAME_ADDRESSES = ("src/atelier/runtime/http/", "tests/runtime/")
"""The address guard and its tests are about private addresses."""


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607 - the git of the developer
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_lock_names_public_hosts_only() -> None:
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")

    hosts = {urlsplit(url).hostname for url in re.findall(r'"(https?://[^"]+)"', lock)}

    assert hosts == PUBLIC_HOSTS


def test_the_lock_has_no_packages_from_folders_or_repositories() -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]

    sources = {tuple(package["source"].items()) for package in packages if package["name"] != "atelier-studio"}

    assert sources == {(("registry", "https://pypi.org/simple"),)}


def test_no_file_names_a_machine_or_a_private_host() -> None:
    found = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        content = path.read_bytes()
        if b"\0" not in content and not name.startswith(MAY_NAME_ADDRESSES) and name != "uv.lock":
            lines = content.decode("utf-8").split("\n")
            found += [
                f"{name}:{number}: {hit[0]}" for number, line in enumerate(lines, 1) if (hit := PRIVATE.search(line))
            ]

    assert found == []


def test_the_pattern_knows_what_it_looks_for() -> None:
    private = ["see /root" + "/atelier", "at 192.168" + ".1.20", "https://registry" + ".corp/simple"]
    public = ["/usr/bin/chromium", "https://pypi.org/simple", "192.0.2.1", "/home/USER/x", "docs/work/x"]

    assert all(PRIVATE.search(text) for text in private)
    assert not any(PRIVATE.search(text) for text in public)


def test_every_third_party_is_listed_with_licence_and_purpose() -> None:
    names = locked_packages((ROOT / "uv.lock").read_text(encoding="utf-8"))

    assert find_problems(names, read_page(PAGE.read_text(encoding="utf-8"))) == []


def test_every_make_target_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    declared = set(re.findall(r"^\.PHONY: (\S+)", makefile, re.MULTILINE))
    explained = set(re.findall(r"^([a-z0-9-]+):.*## \w", makefile, re.MULTILINE))

    assert declared == explained
