"""`atelier enhance`, as it is typed."""

import shutil
from pathlib import Path

from PIL import Image
from typer.testing import CliRunner

from atelier.features.enhancement.commands import app
from tests.features.enhancement.conftest import Workshop

WIDE = {"COLUMNS": "200", "TERM": "dumb"}


def test_good_files_are_enhanced_and_a_broken_one_is_named(workshop: Workshop, demo: Path, tmp_path: Path) -> None:
    first, broken, last = tmp_path / "one.jpg", tmp_path / "two.jpg", tmp_path / "three.png"
    shutil.copy(demo, first)
    broken.write_bytes(demo.read_bytes()[:5000])
    Image.new("RGB", (300, 200), (120, 90, 60)).save(last)
    out, missing = tmp_path / "out", tmp_path / "four.jpg"
    files = [str(path) for path in (first, broken, missing, last)]

    ran = CliRunner().invoke(
        app, [*files, "--tier", "1k", "--out", str(out), "--format", "webp"], obj=workshop, env=WIDE
    )

    assert ran.exit_code == 2
    assert {path.name for path in out.iterdir()} == {"one.webp", "three.webp"}
    assert "“two.jpg” is incomplete" in ran.stdout
    assert "There is no such file." in ran.stdout
    assert "Better light" in ran.stdout
    assert "1024 x 576" in ran.stdout
    assert all(word in ran.stdout for word in ("Analysing", "Cropping", "Describing", "Enhancing", "Checking"))


def test_nothing_is_ever_overwritten(workshop: Workshop, demo: Path, tmp_path: Path) -> None:
    before = demo.read_bytes()
    command = [str(demo), str(demo), "--tier", "free", "--out", str(tmp_path)]

    ran = CliRunner().invoke(app, command, obj=workshop, env=WIDE)

    assert ran.exit_code == 0, ran.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photo-1.jpg", "photo.jpg"]
    assert (tmp_path / "photo.jpg").read_bytes() == (tmp_path / "photo-1.jpg").read_bytes()
    assert demo.read_bytes() == before


def test_choices_that_do_not_fit_are_explained(workshop: Workshop, demo: Path, tmp_path: Path) -> None:
    command = [str(demo), "--aspect", "1:1", "--out", str(tmp_path)]

    ran = CliRunner().invoke(app, command, obj=workshop, env=WIDE)

    assert ran.exit_code == 2
    assert "crop: auto" in ran.output
    assert list(tmp_path.iterdir()) == []
