"""What the database says about keeping: until when a record is held, why it may not go, and what would go with it."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from breakwater.kernel.db import all_rows, one_row
from breakwater.trust.access import Actor
from breakwater.trust.models import Erasure, Term
from breakwater.trust.rules.keeping import Kept

_WHY_NOT = {
    "not_there": "This is not there any more. Open the page again to see how it stands.",
    "not_ours": "Another agency opened this record. It is theirs to keep and to erase.",
    "held": "A legal hold stands on this record. Nothing of it goes until the hold is lifted.",
    "cared_for": "Another agency cares for this person in the same record. It is theirs as well, and stays.",
    "asked_about": "The person waits for an answer about this record. Answer them first.",
    "not_granted": "The request that this rests on was not granted.",
    "not_due": "The law, or your agency's own term, wants this record kept for longer.",
}


def kept_by_rules(circles: Collection[UUID]) -> Mapping[UUID, list[Kept]]:
    """What the rules say that count from something in the journal: of records that the acting agency opened."""
    found: dict[UUID, list[Kept]] = defaultdict(list)
    for circle, rule, happened, by_law, until in all_rows(
        "SELECT circle, rule, happened, by_law, until FROM trust_kept(%s) ORDER BY until DESC",
        (list(circles),),
    ):
        found[circle].append(Kept(rule=rule, happened=happened, by_law=by_law, until=until))
    return found


def own_terms(by: Actor) -> Mapping[str, int]:
    """For how many years an agency itself keeps what, where that is longer than the law demands."""
    return dict(Term.objects.visible_to(by).standing().values_list("rule", "years"))


def why_not_erased(erasure: Erasure) -> str:
    """The sentence that stands against erasing a record now; empty when nothing does."""
    row = one_row("SELECT trust_why_not_erased(%s)", (erasure.pk,))
    said = str(row[0]) if row else "not_there"
    return _WHY_NOT.get(said, said)


def what_would_go(erasure: Erasure) -> Mapping[str, int]:
    """How many rows of which table would go with a record."""
    row = one_row("SELECT trust_would_go(%s)", (erasure.pk,))
    found: dict[str, int] = json.loads(row[0]) if row else {}
    return found
