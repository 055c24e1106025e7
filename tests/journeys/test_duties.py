"""What the duty table asks is answered on a phone; and a security team reads what it was told, and nothing else."""

import pytest
from django.db import transaction

from breakwater.cases.testing import a_case
from breakwater.duties.testing import a_duty, a_prompt
from breakwater.trust.testing import a_threat_team
from tests.journeys.conftest import Worker, check_at_both_widths, check_with_axe, sign_in, untold


@pytest.fixture
def case(worker):
    with transaction.atomic():
        by = worker.acts()
        case = a_case(by=by, at=by.now, known_as="Marisol Vega", dangers={"others": ("now", "He said when.")})
        a_prompt(case, a_duty(by=by), by=by, at=by.now)
        return case


def test_a_duty_is_talked_over_and_answered(new_page, worker, case):
    page = new_page(390)
    sign_in(page, worker.username, to=f"/case/{case.pk}/")
    panel = page.locator("#duties")
    panel.get_by_text("Open duties keep the case open").wait_for()
    panel.get_by_role("link", name="Child abuse or neglect").click()
    check_with_axe(page)
    page.get_by_text("Talked over with a supervisor").first.click()
    page.get_by_label("With whom?").fill("Noor Haddad")
    page.get_by_role("button", name="Talked over with a supervisor").click()
    page.locator("#duties").get_by_role("link", name="Child abuse or neglect").click()
    page.get_by_label("To whom?").fill("County hotline")
    page.get_by_text("In writing", exact=True).last.click()
    page.get_by_label("What was told?").fill("A bruise on the arm.")
    page.get_by_role("button", name="It was reported").click()
    page.locator("#duties").get_by_text("The duty table asks nothing now").wait_for()


def test_a_security_team_is_told_the_facts_that_were_chosen(new_page, worker, case):
    with transaction.atomic():
        team = a_threat_team(name="Harbor Threat Assessment")
    guard = Worker("case_manager", agency=team, name="Bo Lund")
    page, theirs = new_page(390), new_page(1440)
    sign_in(page, worker.username, to=f"/privacy/{case.person_id}/concern/")
    page.get_by_text("Danger to others: now. He said when.").click()
    page.get_by_label("What is the threat?").fill("He will burn the depot down.")
    page.get_by_role("button", name="Show what leaves").click()
    page.get_by_text("HIPAA-J-01").first.wait_for()
    check_at_both_widths(page)
    page.get_by_label("Why is it serious?").fill("He named the day.")
    page.get_by_label("Why is it imminent?").fill("It is Friday.")
    page.get_by_label("How can they prevent or lessen it?").fill("They guard the depot.")
    page.get_by_label("Where is that known from?").fill("His sister")
    page.get_by_role("button", name="Show it again").click()
    page.get_by_role("button", name="Tell them this").click()
    page.get_by_role("heading", name="What we told").wait_for()
    check_at_both_widths(page)

    sign_in(theirs, guard.username)
    theirs.get_by_role("link", name="Concerns").click()
    theirs.get_by_text("He will burn the depot down.").wait_for()
    theirs.get_by_role("link", name=worker.agency.name).click()
    theirs.get_by_text("Danger to others: now. He said when.").wait_for()
    untold(theirs, "Marisol")
    untold(theirs, "His sister")
    check_at_both_widths(theirs)
    for path in (f"/case/{case.pk}/", f"/person/{case.person_id}/"):
        assert theirs.request.get(path).status == 404
