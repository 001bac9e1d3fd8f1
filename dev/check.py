"""`make check`: every check that is not a test, with its time. All of them run, so that one sees all at once."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet"],
    "lint": ["ruff", "check", "--quiet"],
    "types": ["mypy", "--no-error-summary"],
    "imports": ["lint-imports", "--no-logo"],
    "house rules": ["python", "-m", "dev.lint"],
    "templates": ["djlint", "src/atelier", "--lint", "--quiet"],
    "third parties": ["python", "-m", "dev.third_party", "check"],
}


def run(name: str, command: list[str]) -> bool:
    started = time.monotonic()
    program = str(BIN / command[0])
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'}  {name:<14} {time.monotonic() - started:6.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def main() -> None:
    checks = dict(CHECKS)
    if not any((ROOT / "src").rglob("*.html")):
        del checks["templates"]
    results = [run(name, command) for name, command in checks.items()]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
