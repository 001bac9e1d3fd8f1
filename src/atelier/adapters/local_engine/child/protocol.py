"""How the child speaks: one JSON command on its input, then JSON lines on its output."""

import json
import os
from collections.abc import Mapping
from typing import TextIO

Json = Mapping[str, object]


class Refusal(Exception):
    """The image is refused; `code` names an error class of the application."""

    def __init__(self, code: str, **context: object) -> None:
        super().__init__(code)
        self.code = code
        self.context = context


class Voice:
    """The child's output. Anything that a library prints goes to the error stream instead."""

    def __init__(self) -> None:
        self._out: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def say(self, message: Json) -> None:
        self._out.write(json.dumps(message) + "\n")
        self._out.flush()

    def progress(self, fraction: float) -> None:
        self.say({"progress": round(fraction, 3)})
