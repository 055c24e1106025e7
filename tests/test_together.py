"""Questions asked together bring what each would bring alone."""

from datetime import date
from uuid import uuid4

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from breakwater.cases.models import Assignment, Case, Gate, Note
from breakwater.cases.testing import a_case, a_note, stabilized
from breakwater.clocks.models import Clock
from breakwater.kernel.together import Together
from breakwater.people.models import Person
from breakwater.trust.testing import NOON, an_actor

pytestmark = pytest.mark.django_db


def whole(row):
    """Everything a row says, and what came along with it."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def asked_alone_and_together(case, **questions):
    together = Together(("case",), **questions)
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            found = together.ask(case=case.pk)
        assert len(captured) == 1
    for name, question in questions.items():
        alone = list(question(case=case.pk))
        assert alone, name
        assert [whole(one) for one in found[name]] == [whole(one) for one in alone]
        assert [type(one) for one in found[name]] == [type(one) for one in alone]
    return found


def test_every_column_comes_back_as_it_is():
    ada = an_actor()
    case = stabilized(a_case(by=ada, birth_date=date(1990, 2, 28)), by=ada, at=NOON)
    a_note(case, by=ada, words="Quotes ' \" \\ and 💜 and \u202e and\nlines")
    asked_alone_and_together(
        case,
        notes=lambda case: Note.objects.filter(case=case).order_by("pk"),
        gates=lambda case: Gate.objects.filter(case=case).order_by("-kind"),
        clocks=lambda case: Clock.objects.in_episode(case).order_by("pk"),
        persons=lambda case: Person.objects.filter(cases=case),
        cases=lambda case: Case.objects.filter(pk=case),
    )


def test_related_rows_and_annotations_come_along_without_another_query():
    ada = an_actor()
    case = stabilized(a_case(by=ada), by=ada, at=NOON)
    found = asked_alone_and_together(
        case,
        gates=lambda case: Gate.objects.filter(case=case).select_related("by", "case__person"),
        owners=lambda case: Assignment.objects.owners().filter(case=case).select_related("worker", "unit"),
        counted=lambda case: Case.objects.filter(pk=case).annotate(
            many=models.Count("gates"),
            which=ArraySubquery(Gate.objects.filter(case=models.OuterRef("pk")).values("pk")),
        ),
    )
    with CaptureQueriesContext(connection) as captured:
        assert {gate.by.name for gate in found["gates"]} == {"Ada Reyes"}
        assert {gate.case.person.known_as for gate in found["gates"]} == {"Marisol Vega"}
        assert [one.worker.name for one in found["owners"]] == ["Ada Reyes"]
        assert found["owners"][0].unit is None
        assert found["counted"][0].many == 5
        assert set(found["counted"][0].which) == {gate.pk for gate in found["gates"]}
    assert len(captured) == 0


def test_what_is_put_off_is_read_when_it_is_wanted():
    ada = an_actor()
    case = stabilized(a_case(by=ada), by=ada, at=NOON)
    gate = Together(
        ("case",),
        gates=lambda case: Gate.objects.filter(case=case).select_related("by").defer("by__password"),
    )
    by = gate.ask(case=case.pk)["gates"][0].by
    assert by.get_deferred_fields() == {"password"}
    assert by.password


def test_nothing_found_is_an_empty_list():
    an_actor()
    assert Together(("case",), gates=lambda case: Gate.objects.filter(case=case)).ask(case=uuid4()) == {
        "gates": []
    }


def test_what_json_would_change_is_refused():
    waited = models.ExpressionWrapper(
        models.F("asked_at") - models.F("asked_at"), output_field=models.DurationField()
    )
    with pytest.raises(TypeError, match="does not survive"):
        Together((), cases=lambda: Case.objects.annotate(waited=waited)).ask()


def test_a_value_hidden_in_a_list_is_refused():
    with pytest.raises(TypeError, match="in a list"):
        Together(
            ("case",), cases=lambda case: Case.objects.extra(where=["id = ANY(%s)"], params=[[case]])
        ).ask(case=uuid4())
