"""What may stand beside a parameter's type: its default, its limits, and how a widget shows it."""

# ruff: noqa: N802, N803

from __future__ import annotations

import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class Default:
    """The value of a parameter that was never set; `generator` is called anew each time."""

    def __init__(self, value: object = None, *, generator: Callable[[], object] | None = None) -> None:
        self._value = value
        self._generator = generator

    @property
    def value(self) -> object:
        return self._generator() if self._generator else self._value


class Validator:
    """A limit of a parameter's values; `validate` raises ValueError for one outside."""

    def validate(self, value: object) -> None:
        raise NotImplementedError


@dataclass
class WithinRange(Validator):
    """Both ends belong to the range."""

    minimum: float
    maximum: float

    def validate(self, value: float) -> None:
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"{value} is not within {self.minimum} … {self.maximum}")


@dataclass
class Minimum(Validator):
    minimum: float

    def validate(self, value: float) -> None:
        if value < self.minimum:
            raise ValueError(f"{value} is less than {self.minimum}")


@dataclass
class Maximum(Validator):
    maximum: float

    def validate(self, value: float) -> None:
        if value > self.maximum:
            raise ValueError(f"{value} is greater than {self.maximum}")


@dataclass
class Choice(Validator):
    choices: Sequence

    def validate(self, value: object) -> None:
        if value not in self.choices:
            raise ValueError(f"{value!r} is none of {list(self.choices)}")


@dataclass
class Exclude(Validator):
    excludedValues: Sequence  # noqa: N815

    def validate(self, value: object) -> None:
        if value in self.excludedValues:
            raise ValueError(f"{value!r} is not allowed")


@dataclass
class Decimals:
    """Digits after the point that a spin box or slider shows."""

    value: int


@dataclass
class SingleStep:
    """One step of a spin box or slider."""

    value: float


def splitAnnotations(possiblyAnnotatedType: object) -> tuple[object, tuple]:
    """(int, (WithinRange(0, 5),)) of Annotated[int, WithinRange(0, 5)]; (int, ()) of int."""
    kind, *annotations = typing.get_args(typing.Annotated[possiblyAnnotatedType, "at least one"])
    return kind, tuple(annotations[:-1])


def unannotatedType(possiblyAnnotatedType: object) -> object:
    return splitAnnotations(possiblyAnnotatedType)[0]


def findFirstAnnotation(annotationsList: Sequence, annotationType: type) -> object | None:
    return next((annotation for annotation in annotationsList if isinstance(annotation, annotationType)), None)
