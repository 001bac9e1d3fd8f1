"""Fetch the front-end files that ship unmodified, and check that what lies in the tree is what was fetched."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "src/atelier/runtime/web/static/vendor"


@dataclass(frozen=True)
class Package:
    """One npm package at one version, and the files of it that the site serves."""

    name: str
    npm: str
    version: str
    licence: str
    homepage: str
    files: Mapping[str, str]


FONT_FILES = {
    "package/files/instrument-sans-latin-wght-normal.woff2": "latin.woff2",
    "package/files/instrument-sans-latin-ext-wght-normal.woff2": "latin-ext.woff2",
    "package/LICENSE": "LICENSE",
}
HTMX_FILES = {"package/dist/htmx.min.js": "htmx.min.js", "package/LICENSE": "LICENSE"}
PACKAGES = (
    Package("htmx", "htmx.org", "2.0.11", "0BSD", "https://htmx.org", HTMX_FILES),
    Package(
        "instrument-sans",
        "@fontsource-variable/instrument-sans",
        "5.3.0",
        "OFL-1.1",
        "https://fontsource.org/fonts/instrument-sans",
        FONT_FILES,
    ),
)


def sha256(path: Path) -> str:
    """The checksum as it is written in SOURCE.toml."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def describe(package: Package, folder: Path) -> str:
    """The text of SOURCE.toml: where the files come from and what they are."""
    lines = [
        f'version = "{package.version}"',
        f'source = "npm:{package.npm}@{package.version}"',
        f'homepage = "{package.homepage}"',
        f'licence = "{package.licence}"',
        "",
        "[files]",
    ]
    for inside, name in sorted(package.files.items(), key=lambda item: item[1]):
        lines.append(f'"{name}" = {{ from = "{inside}", sha256 = "{sha256(folder / name)}" }}')
    return "\n".join(lines) + "\n"


def fetch(package: Package, into: Path) -> None:
    """Download one package with npm and put its files and SOURCE.toml under `into`."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed; it is needed to refresh vendored files, never to run the product")
    folder = into / package.name
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        command = [npm, "pack", "--silent", "--pack-destination", scratch, f"{package.npm}@{package.version}"]
        subprocess.run(command, check=True, cwd=scratch, stdout=subprocess.DEVNULL)
        (archive,) = Path(scratch).glob("*.tgz")
        with tarfile.open(archive) as tar:
            for inside, name in package.files.items():
                member = tar.extractfile(inside)
                if member is None:
                    sys.exit(f"{package.npm}@{package.version} has no file {inside}")
                (folder / name).write_bytes(member.read())
    (folder / "SOURCE.toml").write_text(describe(package, folder))


def faults(into: Path) -> list[str]:
    """What differs between the vendored files and their SOURCE.toml; empty when all is as fetched."""
    found = []
    for package in PACKAGES:
        folder = into / package.name
        missing = [name for name in (*package.files.values(), "SOURCE.toml") if not (folder / name).is_file()]
        found += [f"{package.name}/{name} is missing" for name in missing]
        if not missing and (folder / "SOURCE.toml").read_text() != describe(package, folder):
            found.append(f"{package.name}: files or version differ from SOURCE.toml")
        extra = {path.name for path in folder.glob("*")} - {*package.files.values(), "SOURCE.toml"}
        found += [f"{package.name}/{name} is not declared" for name in sorted(extra)]
    return found


def main() -> None:
    """`python -m dev.vendor` refreshes the files; with `--check` it only verifies them, without the network."""
    if "--check" not in sys.argv[1:]:
        for package in PACKAGES:
            fetch(package, VENDOR)
    found = faults(VENDOR)
    for fault in found:
        sys.stderr.write(f"{fault}\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
