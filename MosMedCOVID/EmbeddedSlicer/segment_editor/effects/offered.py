"""Which effects a panel offers, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from .effect import Effect


class EffectsOffered:
    """Those that are named in `order` come first; the others follow unless `with_others` is off."""

    def __init__(self, effects: Sequence[Effect]) -> None:
        self.effects = list(effects)
        self.order: list[str] = []
        self.with_others = True

    def named(self, name: str) -> Effect | None:
        """None where there is no such effect."""
        return next((effect for effect in self.effects if effect.name == name), None)

    def shown(self) -> list[Effect]:
        """Those that are offered."""
        ordered = [effect for name in self.order if (effect := self.named(name))]
        return ordered + [effect for effect in self.effects if self.with_others and effect not in ordered]
