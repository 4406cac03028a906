"""What fields a record has, by the names that documents use, read off its pydantic model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel


@dataclass(frozen=True)
class Shape:
    """What may stand at one place of a document: an object, a plain value (no fields), or a list of either."""

    fields: Mapping[str, "Shape"] = field(default_factory=dict)
    many: bool = False
    most: int | None = None
    """Entries that a list may have."""

    @property
    def item(self) -> "Shape":
        """The shape of one entry of a list."""
        return replace(self, many=False, most=None)

    def columns(self, prefix: str = "") -> Iterator[tuple[str, "Shape"]]:
        """Dotted names of all that fits a cell: plain values, and lists.

        >>> class Fees(BaseModel):
        ...     amount: int
        >>> class Coach(BaseModel):
        ...     fees: Fees
        ...     languages: tuple[str, ...]
        >>> [name for name, _ in shape_of(Coach).columns()]
        ['fees.amount', 'languages']
        """
        for name, shape in self.fields.items():
            if shape.fields and not shape.many:
                yield from shape.columns(f"{prefix}{name}.")
            else:
                yield prefix + name, shape


def nested(values: Mapping[str, object]) -> dict[str, Any]:
    """The document whose dotted columns have those values.

    >>> nested({"id": "c1", "fees.amount": 260, "fees.per": "hour"})
    {'id': 'c1', 'fees': {'amount': 260, 'per': 'hour'}}
    """
    document: dict[str, Any] = {}
    for column, value in values.items():
        *parents, name = column.split(".")
        place = document
        for parent in parents:
            place = place.setdefault(parent, {})
        place[name] = value
    return document


def _shape(annotation: Any, most: int | None = None) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0], most)
    if origin in (Union, UnionType):
        return _shape(next(argument for argument in arguments if argument is not type(None)), most)
    if origin is tuple:
        return replace(_shape(arguments[0]), many=True, most=most)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return shape_of(annotation)
    return Shape()


@cache
def shape_of(model: type[BaseModel]) -> Shape:
    """The shape of a record; fields in the order of the model, by alias where there is one."""
    fields: dict[str, Shape] = {}
    for name, info in model.model_fields.items():
        limits = (getattr(constraint, "max_length", None) for constraint in info.metadata)
        most = next((limit for limit in limits if limit is not None), None)
        fields[info.alias or name] = _shape(info.annotation, most)
    return Shape(MappingProxyType(fields))
