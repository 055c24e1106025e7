"""What is answered in an assessment asks what the law asks about the same thing, once."""

import pytest

from breakwater.assessments.actions.asking import answer
from breakwater.assessments.library import INSTRUMENTS
from breakwater.assessments.testing import an_assessment
from breakwater.cases.testing import a_case
from breakwater.duties.library import SIGNALS
from breakwater.duties.models import Prompt
from breakwater.duties.testing import a_duty
from breakwater.trust.dispatch import react
from breakwater.trust.models import Entry
from breakwater.trust.testing import NOON, an_actor, as_seen_by


def test_every_answer_that_asks_is_an_alert_of_an_instrument():
    alerts = {f"{key} {one.key}" for key, definition in INSTRUMENTS.items() for one in definition.alerts}
    assert {alert for one in SIGNALS.values() for alert in one.alerts} <= alerts


@pytest.mark.django_db
def test_harm_to_others_and_a_child_open_the_agencys_own_questions_once():
    ada = an_actor(now=NOON)
    case = a_case(by=ada)
    for topic in ("child", "duty-to-warn"):
        a_duty(by=ada, topic=topic)
    as_seen_by(ada)
    begun = an_assessment(case, by=ada, instrument="rapid-crisis")
    answer(begun, {"others": "plan", "children": "worried", "body": "now"}, at=NOON, by=ada)
    for entry in Entry.objects.filter(verb="assessments.alert_raised"):
        for _ in range(2):
            react(entry.pk, ada.agency, at=NOON)
    as_seen_by(ada)
    asked = {(one.signal, one.duty.topic) for one in Prompt.objects.select_related("duty")}
    assert asked == {("danger_others", "duty-to-warn"), ("child_in_home", "child")}
    assert Prompt.objects.count() == 2
