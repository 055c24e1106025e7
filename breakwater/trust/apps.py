from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import module_has_submodule


class AppWithNews(AppConfig):
    """An app whose ``events``, ``reactions``, ``sentences`` and ``own_words`` are known from the start."""

    # Django looks for one configuration in each ``apps.py``, and this class is imported into all of them.
    default = False

    def __init_subclass__(cls) -> None:
        cls.default = True

    def ready(self) -> None:
        """Import what may be announced, what is done about it, how it is told, and what may be chosen."""
        for name in ("events", "reactions", "sentences", "own_words"):
            if self.module is not None and module_has_submodule(self.module, name):
                import_module(f"{self.name}.{name}")


class TrustConfig(AppWithNews):
    name = "breakwater.trust"
