"""`python -m atelier.adapters.local_engine.child`: do one command, answer, end."""

import importlib
import json
import sys
import traceback
from collections.abc import Callable
from typing import TypeAlias

from atelier.adapters.local_engine.child.limits import confine, usage
from atelier.adapters.local_engine.child.protocol import Json, Refusal, Voice

Command: TypeAlias = Callable[[Json, Callable[[float], None]], Json]

# Loaded by name, so that an inspection does not pay for the numeric libraries.
COMMANDS = {
    "inspect": "inspect",
    "derive": "derive",
    "compare": "compare",
    "analyze": "analyze",
    "frame": "frame",
    "enhance": "enhance",
    "health": "analyze",
}


def answer(command: Json, voice: Voice) -> Json:
    name = str(command["command"])
    module = importlib.import_module(f"atelier.adapters.local_engine.child.{COMMANDS[name]}")
    run: Command = getattr(module, f"run_{name}")
    try:
        return {"result": run(command, voice.progress)}
    except Refusal as refusal:
        return {"error": refusal.code, "context": refusal.context}
    except Exception as error:  # noqa: BLE001  whatever a decoder raises, the image is at fault and the caller is told
        traceback.print_exc()
        return {"error": "broken", "context": {"kind": type(error).__name__}}


def main() -> None:
    voice = Voice()
    command = json.loads(sys.stdin.readline())
    confine(**command.pop("limits"))
    voice.say({**answer(command, voice), "usage": usage()})


if __name__ == "__main__":
    main()
