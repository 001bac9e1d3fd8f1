"""What the composition root hands to the features: one implementation for each port, asked for by its type."""

from typing import TypeVar, cast

T = TypeVar("T")


class Ports:
    """Implementations by port. Asking for one that was not wired is a mistake of the programmer."""

    def __init__(self) -> None:
        self._made: dict[type, object] = {}

    def provide(self, port: type[T], implementation: T) -> None:
        self._made[port] = implementation

    def get(self, port: type[T]) -> T:
        try:
            return cast("T", self._made[port])
        except KeyError:
            raise LookupError(f"{port.__name__} is not wired") from None
