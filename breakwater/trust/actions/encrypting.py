"""Put rows under a law, and encrypt what stood in plain until it came to protect them."""

from typing import Any

from django.db.models import Model

from breakwater.kernel.db import run_sql
from breakwater.trust.encrypted import ENCRYPTED, MARK
from breakwater.trust.models import Circle


def encrypt_what_is_protected(thing: Model) -> None:
    """Encrypt the words of one row, or of every row in a circle, that are to be encrypted now and stand in plain.

    The same words stay: PostgreSQL lets this happen once to each, also where nothing else may ever be rewritten.
    """
    models = {field.model for field in ENCRYPTED if field.where}
    if isinstance(thing, Circle):
        for model in models:
            for row in model._default_manager.filter(circle=thing).select_related("circle"):
                _encrypt(row)
    elif type(thing) in models:
        _encrypt(thing)


def protect_row(row: Any) -> None:
    """Put a row under the laws that it says now, and encrypt its words where they ask for it.

    PostgreSQL lets this happen to whatever the agency reads and works on, also where nothing else may ever change, and
    though the agency reads it no more from then on.
    """
    told = (row._meta.db_table, row.pk, list(row.segments))
    run_sql("SELECT trust_protect(%s::regclass, %s, %s::text[])", told)
    encrypt_what_is_protected(row)


def _encrypt(row: Any) -> None:
    for field in ENCRYPTED:
        kept = row.__dict__.get(field.attname) if isinstance(row, field.model) else None
        if isinstance(kept, str) and (cell := field.cell(row, kept).text).startswith(MARK):
            told = (field.model._meta.db_table, field.column, row.pk, cell)
            run_sql("SELECT trust_encrypt(%s::regclass, %s, %s, %s)", told)
