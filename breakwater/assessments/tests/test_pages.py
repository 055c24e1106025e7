"""The pages: one question after another without JavaScript, back without loss, and what the result says."""

import re
from datetime import UTC, datetime

import pytest

from breakwater.assessments.actions.judging import hear, override
from breakwater.assessments.actions.speaking import ask_in
from breakwater.assessments.models import Alert, Answer, Assessment, Decision, Override, Result
from breakwater.assessments.testing import a_completed_assessment, an_assessment
from breakwater.cases.testing import a_case
from breakwater.kernel.errors import Overtaken, Refused, Stale
from breakwater.resources.models import Organization, Phone
from breakwater.trust.testing import an_actor, as_seen_by
from breakwater.trust.tests.browsing import browser_of, press

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return an_actor(now=datetime.now(UTC))


@pytest.fixture
def case(ada):
    return a_case(by=ada, at=ada.now)


def test_from_the_case_to_a_result_and_what_a_person_decides(ada, case):
    client = browser_of(ada)
    begun = press(
        client, f"/assessments/cases/{case.pk}/", by=ada, instrument="rapid-crisis", mode="interview"
    )
    assessment = Assessment.objects.get()
    where = f"/assessments/{assessment.pk}"
    assert begun.headers["Location"] == f"{where}/question/"
    page = client.get(f"{where}/question/").content.decode()
    assert "What happened that made today" in page
    went = press(client, f"{where}/question/", by=ada, item="happened", **{"item-happened": "He left."})
    assert went.headers["Location"].endswith("?item=self")
    press(client, f"{where}/question/", by=ada, item="self", **{"item-self": "plan"})
    assert Alert.objects.get().kind == "SELF-PLAN"
    assert "Write what was done" in client.get(f"/case/{case.pk}/").content.decode()
    back = client.get(f"{where}/question/?item=happened").content.decode()
    assert "He left." in back
    press(client, f"{where}/question/", by=ada, item="happened", **{"item-happened-declined": "on"})
    assert Answer.objects.last_of(assessment)["happened"] == "declined"
    sheet = client.get(f"{where}/sheet/").content.decode()
    assert "Is what you would use within your reach?" in sheet
    assert re.search(r'name="item-happened-declined" checked', sheet)
    press(client, f"{where}/completion/", by=ada, **{"item-self": "plan", "item-reach": "no"})
    result = client.get(f"{where}/result/").content.decode()
    assert "at least Today" in result
    assert "Incomplete" in result
    assert "not verified at its source" in result
    refused = press(client, f"{where}/decision/", by=ada, proposal="triage", taken="no", reason="")
    assert "Say why it is not done" in refused.content.decode()
    press(client, f"{where}/decision/", by=ada, proposal="triage", taken="yes", reason="")
    assert Decision.objects.get().taken
    press(client, f"{where}/override/", by=ada, tier="imminent", reason="She gave away her dog.")
    assert Override.objects.get().tier == "imminent"
    chronology = client.get(f"/cases/{case.pk}/chronology/").content.decode()
    assert (
        "Rapid crisis assessment: has thought about how to end their life. It must be heard at once."
        in chronology
    )
    assert "Decided: set the triage code anew." in chronology


def test_an_answer_outside_the_options_comes_back_unsaved(ada, case):
    begun = an_assessment(case, by=ada, instrument="phq-9")
    answer = press(browser_of(ada), f"/assessments/{begun.pk}/question/", by=ada, item="1", **{"item-1": "4"})
    assert answer.status_code == 422
    assert Answer.objects.count() == 0


def test_a_trend_is_a_picture_and_a_table_without_script(ada, case):
    first = a_completed_assessment(case, by=ada)
    a_completed_assessment(case, by=ada, said={"1": "0", "2": "1"})
    page = browser_of(ada).get(f"/assessments/{first.pk}/result/").content.decode()
    assert "<polyline" in page
    assert page.count("<tr>") == 3
    assert not re.search(r"<script>|style=", page)


def test_answers_are_changed_on_a_page_with_the_reason(ada, case):
    done = a_completed_assessment(case, by=ada)
    client = browser_of(ada)
    assert "Change answers" in client.get(f"/assessments/{done.pk}/amendment/").content.decode()
    press(
        client,
        f"/assessments/{done.pk}/amendment/",
        by=ada,
        reason="Misheard.",
        **{"item-1": "0", "item-2": "2"},
    )
    assert Result.objects.order_by("-number").first().reason == "Misheard."
    assert "Results before" in client.get(f"/assessments/{done.pk}/result/").content.decode()


def test_a_result_says_by_which_cut_offs_it_came_to_this(ada, case):
    said = {"A": "4", "B": "3", "C": "3"}
    for profile, told in (("", "The level comes from this one"), ("nine", "cut-offs: Cut-off 9.")):
        done = a_completed_assessment(case, by=ada, instrument="ctrs-1984", profile=profile, said=said)
        page = browser_of(ada).get(f"/assessments/{done.pk}/result/").content.decode()
        assert told in page
        assert ("The level comes from this one" in page) is (not profile)
        assert "Cut-off 9: <b>Above the cut</b>" in page
        assert "Cut-off 10: <b>At or below the cut</b>" in page
        assert done.results.get().tier == ("low" if profile else "high")
        assert ("cut-offs: Cut-off 10, the more sensitive ones" in page) is (not profile)
        assert ("cut-offs: Cut-off 9." in page) is bool(profile)
        as_seen_by(ada)


def test_a_later_version_neither_rescores_nor_hides_what_was(ada, case):
    """A result tells itself; only what goes on needs the version with which it was begun."""
    done = a_completed_assessment(case, by=ada, instrument="ctrs-1984", said={"A": "4", "B": "3", "C": "3"})
    Assessment.objects.filter(pk=done.pk).update(version="0")
    client = browser_of(ada)
    page = client.get(f"/assessments/{done.pk}/result/").content.decode()
    assert "Cut-off 9: <b>Above the cut</b>" in page
    assert "version 0" in page
    assert "has another version now" in client.get(f"/assessments/{done.pk}/amendment/").content.decode()


def test_what_answers_say_beside_their_score_stands_with_it(ada, case):
    said = {"1": "3", "2": "0", "3": "0"}
    done = a_completed_assessment(case, by=ada, instrument="audit-c", profile="men", said=said)
    page = browser_of(ada).get(f"/assessments/{done.pk}/result/").content.decode()
    assert "All points come from how often they drink: it may be within limits." in page
    assert "Cut-off for women, 3: <b>At or above the cut</b>" in page
    assert "Cut-off for men, 4: <b>Below the cut</b>" in page
    assert "The level comes from this one" not in page, "somebody chose"


def test_a_change_that_a_source_calls_one_is_marked(ada, case):
    for value in ("2", "1", "1"):
        said = {str(n): value for n in range(1, 6)} | {str(n): "0" for n in range(6, 10)}
        done = a_completed_assessment(case, by=ada, instrument="phq-9", said=said)
    page = browser_of(ada).get(f"/assessments/{done.pk}/result/").content.decode()
    assert page.count("counts as a change") == 1
    assert '"Change">-5 ' in page
    assert '"Change">+0<' in page


def test_cut_offs_of_another_instrument_are_refused(ada, case):
    where, said = f"/assessments/cases/{case.pk}/", {"mode": "interview", "profile": "audit-c/men"}
    answer = press(browser_of(ada), where, by=ada, instrument="pc-ptsd-5", **said)
    assert "These cut-offs are another instrument" in answer.content.decode()
    press(browser_of(ada), where, by=ada, instrument="audit-c", **said)
    assert Assessment.objects.get().profile == "men"
    page = browser_of(ada).get(where).content.decode()
    assert "AUDIT-C: Cut-off for men, 4" in page
    assert "PC-PTSD-5: Cut-off 4, best balance" in page


def test_what_needs_training_keeps_its_score_and_what_is_closed_says_why(ada, case):
    done = a_completed_assessment(case, by=ada, instrument="danger-assessment", said={"2": "yes", "3": "yes"})
    client = browser_of(ada)
    page = client.get(f"/assessments/{done.pk}/result/").content.decode()
    assert "told to trained raters" in page
    assert "Weighted score" not in page
    assert (
        "ProQOL" not in client.get(f"/assessments/cases/{case.pk}/").content.decode().partition("So far")[0]
    )


def test_each_answer_of_the_sheet_is_kept_as_it_is_given_once_and_never_over_another(ada, case):
    begun = an_assessment(case, by=ada, instrument="c-ssrs-screener")
    client, where = browser_of(ada), f"/assessments/{begun.pk}/one/"

    def gives(item, said, was=""):
        sent = {"item": item, f"item-{item}": said, f"was-{item}": was}
        return client.post(where, sent, headers={"HX-Request": "true"})

    first = gives("1", "no")
    assert re.search(r"Saved \d\d:\d\d", first.content.decode())
    shown = re.search(r'name="was-1" value="(\w+)"', first.content.decode()).group(1)
    assert f'name="was-1" value="{shown}"' in client.get(f"/assessments/{begun.pk}/sheet/").content.decode()
    assert "HX-Refresh" not in first.headers
    assert gives("1", "no").status_code == 200
    assert Answer.objects.count() == 1, "the same again writes nothing"
    assert gives("2", "yes").headers["HX-Refresh"] == "true", "more is asked now"
    stale = gives("1", "yes")
    assert (stale.status_code, "Somebody answered this meanwhile" in stale.content.decode()) == (422, True)
    assert Answer.objects.last_of(begun)["1"] == "no"
    assert gives("1", "yes", shown).status_code == 200
    assert gives("1", "perhaps", shown).status_code == 422
    gone = gives("no such", "yes")
    assert (gone.status_code, "not asked any more" in gone.content.decode()) == (422, True)


def test_both_languages_stand_side_by_side_and_who_interpreted_is_kept_beside_the_result(ada, case):
    begun = an_assessment(case, by=ada, instrument="rapid-crisis")
    client, where = browser_of(ada), f"/assessments/{begun.pk}"
    form = client.get(f"{where}/language/").content.decode()
    assert "Español (nobody has verified these words)" in form
    shown = begun.spoken()
    refused = press(client, f"{where}/language/", by=ada, language="xx", interpreter="", read=shown)
    assert refused.status_code == 422
    press(client, f"{where}/language/", by=ada, language="es", interpreter="By phone, 4471", read=shown)
    first = client.get(f"{where}/question/?item=happened").content.decode()
    assert 'lang="es" dir="auto">Tanto o tan poco como quiera.' in first, (
        "what explains a question stands in both, too"
    )
    asked = client.get(f"{where}/question/?item=self").content.decode()
    assert "Are you thinking of ending your life" in asked
    assert 'lang="es" dir="auto">¿Está pensando en quitarse la vida' in asked
    assert 'lang="es" dir="auto">Podría hacerlo hoy' in asked
    press(client, f"{where}/question/", by=ada, item="self", **{"item-self": "no"})
    back = press(client, f"{where}/question/", by=ada, item="others", go="back", **{"item-others": "no"})
    assert back.headers["Location"].endswith("?item=self"), "back keeps what was answered, and loses none"
    press(client, f"{where}/completion/", by=ada)
    result = client.get(f"{where}/result/").content.decode()
    assert "asked in “Español” too; interpreted by <bdi>By phone, 4471</bdi>" in result
    begun.refresh_from_db()
    with pytest.raises(Overtaken, match="has ended"):
        ask_in(begun, language="", interpreter="", read=begun.spoken(), at=ada.now, by=ada)
    other = an_assessment(case, by=ada, instrument="gad-2")
    with pytest.raises(Refused, match="not here in this language"):
        ask_in(other, language="es", interpreter="", read=other.spoken(), at=ada.now, by=ada)


def test_who_interprets_is_not_written_over_unread(ada, case):
    begun = an_assessment(case, by=ada, instrument="rapid-crisis")
    client, where, shown = browser_of(ada), f"/assessments/{begun.pk}/language/", begun.spoken()
    with pytest.raises(Stale) as never_shown:
        ask_in(begun, language="es", interpreter="", read="of nothing", at=ada.now, by=ada)
    assert (never_shown.value.who, never_shown.value.at) == (ada.name, begun.starts_at)
    ask_in(begun, language="es", interpreter="By phone, 4471", read=shown, at=ada.now, by=ada)
    late = press(client, where, by=ada, language="", interpreter="A cousin", read=shown)
    said = late.content.decode()
    assert (late.status_code, "By phone, 4471" in said, ">Español<" in said) == (422, True, True)
    begun.refresh_from_db()
    assert begun.interpreter == "By phone, 4471"
    assert press(client, where, by=ada, language="", interpreter="", read=begun.spoken()).status_code == 303
    late = press(client, where, by=ada, language="es", interpreter="A cousin", read="of nothing")
    assert (late.status_code, 'dir="auto">In English alone<' in late.content.decode()) == (422, True)


def test_an_alarming_result_says_first_whom_to_call_and_one_thing_to_do_and_folds_the_rest(ada, case):
    client = browser_of(ada)
    calm = a_completed_assessment(case, by=ada, said={"1": "0", "2": "0"})
    assert "Whom to call now" not in client.get(f"/assessments/{calm.pk}/result/").content.decode()
    listed = Organization.objects.create(agency=ada.agency, name=ada.agency.name, source="by hand")
    Phone.objects.create(organization=listed, number="555 0142", source="by hand")
    loud = a_completed_assessment(
        case, by=ada, instrument="c-ssrs-screener", said=dict.fromkeys("123456", "yes")
    )
    alert = client.get(f"/assessments/alerts/{loud.alerts.first().pk}/").content.decode()
    told = [alert.index(one) for one in ("tel:911", "tel:988", "tel:555 0142", "Write it down<")]
    assert told == sorted(told), "before what was done is asked, whom to call"
    page = client.get(f"/assessments/{loud.pk}/result/").content.decode()
    places = [
        page.index(one) for one in ("Whom to call now", "tel:911", "tel:988", "tel:555 0142", "We do this")
    ]
    assert places == sorted(places)
    assert "911.gov" in page
    assert "Not verified by us" in page
    first, rest = page.split("<summary>", 1)[0], page.split("<summary>", 1)[1]
    assert (first.count(">We do this<"), rest.count(">We do this<")) == (1, 4)
    assert "Stay with them" in first
    refused = press(
        client, f"/assessments/{loud.pk}/decision/", by=ada, proposal="means", taken="no", reason=""
    )
    assert "<details open><summary>4 more" in refused.content.decode(), "what was refused is not folded away"
    override(loud, tier="low", reason="Said it of last year.", at=ada.now, by=ada)
    assert "Whom to call now" in client.get(f"/assessments/{loud.pk}/result/").content.decode(), (
        "not heard yet"
    )
    for one in loud.alerts.all():
        hear(one, did="Asked again: a year ago, and not since.", at=ada.now, by=ada)
    assert "Whom to call now" not in client.get(f"/assessments/{loud.pk}/result/").content.decode(), (
        "a person decides"
    )
