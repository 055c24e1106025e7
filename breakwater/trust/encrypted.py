"""Fields whose words PostgreSQL never sees. Declared by one word; read and assigned like any other field.

What comes out of the database is a ``Cell``, and is decrypted when somebody first looks at it, with the row's own id.
What is assigned is plain, and is encrypted when the row is written. Nothing plain can get into such a column past the
row itself: a question or an ``update`` that holds words of a person is refused.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from breakwater.kernel.cipher import MARK, Place, Unreadable, person_of
from breakwater.kernel.tree import leaf_named, leaf_of
from breakwater.trust.keyring import decrypt, encrypt, token

ENCRYPTED: list["Encrypted"] = []
"""Every such field there is: for rotation, which goes through all of them."""


_IN_A_MIGRATION = "__fake__"


class Cell:
    """What stands in a column: encrypted, or plain where that is allowed. It is not the words, and shows none."""

    __slots__ = ("opened", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.opened: Any = None

    def __eq__(self, other: object) -> bool:
        """Whether the same stands in another column."""
        return isinstance(other, Cell) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


class _Opened(DeferredAttribute):
    """The words of a cell, decrypted when they are first looked at."""

    field: "Encrypted"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        kept = super().__get__(instance, cls)
        if not isinstance(kept, Cell):
            return kept
        if kept.opened is None:
            kept.opened = self.field.read(kept.text, instance)
        return kept.opened

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class Encrypted(models.TextField):
    """Words that are encrypted at rest; to PostgreSQL a text.

    Args:
        where: which rows; all of them without it. The others keep their words as they are, to be searched by pattern.
    """

    column: str
    descriptor_class = _Opened

    def __init__(self, *args: Any, where: Callable[[Any], bool] | None = None, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.where = where

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """For a migration it is a text, and nothing more."""
        name, _, args, facts = super().deconstruct()
        facts.pop("max_length", None)
        return name, "django.db.models.TextField", args, facts

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Take its place in a model, and in the list of all."""
        super().contribute_to_class(cls, name, private_only)
        if cls.__module__ != _IN_A_MIGRATION:
            ENCRYPTED.append(self)

    def place(self, row: Any) -> Place:
        """Where the cell of a row stands."""
        if row.pk is None:
            raise LookupError("a row is encrypted in its place, so it has its id before it is written")
        return Place(self.model._meta.db_table, self.column, str(row.pk))

    def cell(self, row: Any, value: Any) -> Cell:
        """What stands in the column when a row says this."""
        words = self.written(value)
        is_kept_plain = not words or (self.where and not self.where(row) and not words.startswith(MARK))
        return Cell(words if is_kept_plain else encrypt(words.encode(), self.place(row), leaf_of_row(row)))

    def read(self, text: str, row: Any) -> Any:
        """What a row says.

        Raises:
            Unreadable: it cannot be decrypted, or stands there in plain where nothing may.
        """
        return self.spoken(opened(text, self.place(row), may_be_plain=self.where is not None))

    def written(self, value: Any) -> str:
        """A value as text."""
        return str(value)

    def spoken(self, text: str) -> Any:
        """A text as value."""
        return text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Cell | str | None:
        """What came out of the column, unopened."""
        return self.from_json(value)

    def from_json(self, value: str | None) -> Cell | str | None:
        """The same, when it came out of a statement of our own."""
        is_plain = not value or (self.where and not value.startswith(MARK))
        return value if value is None or is_plain else Cell(value)

    def to_python(self, value: Any) -> Any:
        """A value is what it is."""
        return value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """What a row is written with: its cell as it was read, or its new words, encrypted."""
        value = model_instance.__dict__.get(self.attname)
        return value if value is None or isinstance(value, Cell) else self.cell(model_instance, value)

    def get_prep_value(self, value: Any) -> Any:
        """Only what was made for its place goes into the column; a question may ask whether it is empty."""
        if isinstance(value, Cell):
            return value.text
        if value is None or value == "" or hasattr(value, "resolve_expression"):
            return value
        raise TypeError(f"{self.name} is encrypted: it is written by its row, and found by no question")


class EncryptedJSON(Encrypted):
    """A document that is encrypted at rest."""

    def written(self, value: Any) -> str:
        """A document as text."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def spoken(self, text: str) -> Any:
        """A text as document."""
        return json.loads(text)


class EncryptedBytes(Encrypted):
    """Bytes that are encrypted at rest: never plain, and never a text."""

    def cell(self, row: Any, value: Any) -> Cell:
        """What stands in the column when a row holds this."""
        return Cell(encrypt(value, self.place(row), leaf_of_row(row)) if value else "")

    def read(self, text: str, row: Any) -> bytes:
        """What a row holds.

        Raises:
            Unreadable: it cannot be decrypted, or stands there in plain.
        """
        if not text.startswith(MARK):
            raise Unreadable
        return decrypt(text, self.place(row))


class Token(models.CharField):
    """By what an encrypted field is found again inside one agency: keyed, and nothing for victim-service agencies.

    Args:
        of: what of a row is comparable; ``""`` is not to be found.
    """

    def __init__(self, *args: Any, of: Callable[[Any], str] | None = None, **facts: Any) -> None:
        super().__init__(*args, **{"max_length": 22, "blank": True, "editable": False} | facts)
        self.of = of

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """For a migration it is a short text."""
        name, _, args, facts = super().deconstruct()
        return name, "django.db.models.CharField", args, facts

    def pre_save(self, model_instance: Any, add: bool) -> str:
        """The token, made when the row is first written."""
        if add and self.of is not None:
            comparable = self.of(model_instance)
            setattr(model_instance, self.attname, token(comparable) if comparable else "")
        kept: str = getattr(model_instance, self.attname)
        return kept


def leaf_of_row(row: Any) -> int | None:
    """Whose words a row holds; nobody's where it does not say so.

    Those of its own circle; or of whom it told before, where not everybody who answers may know the circle; or of whom
    its whole tells.
    """
    if getattr(row, "circle_id", None) is not None:
        return leaf_of(row.circle_id)
    for field in ENCRYPTED:
        kept = row.__dict__.get(field.attname) if type(row) is field.model else None
        if isinstance(kept, Cell) and (named := person_of(kept.text)):
            return leaf_named(named)
    for name in getattr(row, "lies_in", ()):
        if (whole := getattr(row, name)) is not None:
            return leaf_of_row(whole)
    return None


def opened(text: str, place: Place, *, may_be_plain: bool = True) -> str:
    """The words of what stands in a column.

    Raises:
        Unreadable: they cannot be decrypted, or are plain and may not be.
    """
    if text.startswith(MARK):
        return decrypt(text, place).decode()
    if text and not may_be_plain:
        raise Unreadable
    return text


def cells(row: models.Model, **said: Any) -> Mapping[str, Cell]:
    """What an ``update`` of one row is told for its encrypted fields."""
    fields: Any = row._meta.get_field
    return {name: fields(name).cell(row, value) for name, value in said.items()}
