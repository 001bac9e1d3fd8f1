"""What every command finds in its context: settings, the database on demand, the ports on demand."""

from functools import cached_property

from atelier.adapters.local_engine.decoder import LocalDecoder
from atelier.adapters.local_engine.engine import LocalEngine
from atelier.adapters.local_engine.process import ChildRunner
from atelier.features.assets.ports import ImageDecoder
from atelier.features.engines.ports import ImageEngine
from atelier.runtime.cli import Program
from atelier.runtime.ports import Ports
from atelier.runtime.settings import Settings, load_settings


class AtelierProgram(Program):
    """Everything is made on first use, so that `--help` is quick and `enhance` needs no database."""

    @property
    def settings(self) -> Settings:
        return self._settings

    @cached_property
    def _settings(self) -> Settings:
        return load_settings()

    @cached_property
    def _runner(self) -> ChildRunner:
        return ChildRunner()

    def database_url(self) -> str:
        from atelier.entrypoints import registry  # noqa: PLC0415 - CLI start-up
        from atelier.entrypoints.database import reach  # noqa: PLC0415 - CLI start-up

        registry.load_models()
        return reach(self.settings).url

    def ports(self) -> Ports:
        from atelier.entrypoints.wiring import wire  # noqa: PLC0415 - CLI start-up

        return wire(self.settings)

    def engine(self) -> ImageEngine:
        return LocalEngine(self._runner)

    def decoder(self) -> ImageDecoder:
        return LocalDecoder(self._runner)
