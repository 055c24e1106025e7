"""SP-02: an id of another agency, in an address or in a form, opens nothing and changes nothing."""

from itertools import product
from uuid import UUID

import pytest
from django import forms

from tests.architecture.world import Address, addresses
from tests.matrix.acts import DONE, act_of, sent, that_can_be_done, undone
from tests.matrix.cells import WRITTEN_FOR_AN_ACT, Cell, sample
from tests.matrix.forms import AN_ID, Form, every_form, forms_met, forms_on
from tests.matrix.surfaces import POLICIES
from tests.matrix.world import World

THEIRS = "hers"
CHOSEN_BY_ALL = ("@free_bed", "@asked_bed", "@program", "program_id")
"""Beds and lists that their houses show to every agency, though it was for a record of hers that they were asked."""
NEVER_OFFERED_HERE = {
    **dict.fromkeys(
        ("contact_said", "next_contact_said"),
        "lines of the safety plan of the same case, where it has such lines; a mark of their text, and no id",
    ),
    "goal": "offered only beside a goal that stands; the form knows the goals of its own case and no other",
    "segment": "nothing protects the plain record, so there is nothing to lower; a code, and no id",
    "service": "asked for only when a letter begins at the directory, which is open to all",
}
"""Fields that no page of the plain record offers, each with the reason."""


@pytest.fixture(scope="module")
def met(world) -> dict[str, Form]:
    """Every form, as it stands on a page."""
    return forms_met(world)


def foreign(world: World) -> set[str]:
    """Every id of a victim-service record and of its agency, but for the agencies and beds that all may choose."""
    ours = {str(one) for one in world.ids("plain").values()}
    theirs = {name: str(one) for name, one in world.ids(THEIRS).items() if name not in CHOSEN_BY_ALL}
    return {one for one in theirs.values() if AN_ID.fullmatch(one)} - ours


def fields_of_ids(world: World, name: str, form: Form) -> set[str]:
    """Where an act takes an id: because its page offers ids there, or its sample sends one."""
    sends = {one for one, value in sample(world, act_of(name)).items() if AN_ID.fullmatch(str(value))}
    return (form.of_ids() | sends) - {"idempotency_key"}


def test_no_page_offers_an_id_of_another_agency(world, met):
    theirs = foreign(world)
    offered = {
        f"{name} offers {one} in {field}"
        for name, form in met.items()
        for field, values in form.fields.items()
        for one in values & theirs
    }
    assert offered == set()


def test_an_id_of_another_agency_in_a_form_does_nothing(world, met):
    crossed = [
        (name, field, one)
        for name in that_can_be_done()
        for field in sorted(fields_of_ids(world, name, met.get(name, Form())))
        for one in sorted(theirs_instead(world, name, field, met.get(name, Form())))
    ]
    assert len({one[:2] for one in crossed}) >= 15
    assert [wrong for one in crossed if (wrong := done_with(world, *one))] == []


def theirs_instead(world: World, name: str, field: str, form: Form) -> set[str]:
    """The id of their thing of the same kind, and of their record; of what kind is not known, every id of theirs."""
    chosen = form.fields.get(field, set()) | {str(sample(world, act_of(name)).get(field, ""))}
    kinds = {kind for kind, one in world.ids("plain").items() if str(one) in chosen}
    theirs = {str(world.ids(THEIRS)[kind]) for kind in kinds | {"case_id", "person_id"}}
    return theirs & foreign(world) if kinds else foreign(world)


def test_one_id_of_another_agency_among_good_ones_undoes_all_of_them(world, met):
    several = [(name, field) for name in that_can_be_done() for field in sorted(met.get(name, Form()).many)]
    assert len(several) >= 5
    one = str(world.ids(THEIRS)["case_id"])
    found = [
        wrong
        for name, field in several
        if (wrong := done_with(world, name, field, [*sorted(met[name].fields[field] - {""})[:9], one]))
    ]
    assert found == []


def done_with(world: World, name: str, field: str, value: object) -> str:
    """What an act did with a value in a field, though it should have done nothing."""
    act = act_of(name)
    with undone() as wrote:
        answer = sent(world, act, {field: value})
    written = {table for table, many in wrote.items() if many} - WRITTEN_FOR_AN_ACT
    told = [one.text for one in world.cage.heard_in(answer.content) if one.record == THEIRS]
    if answer.status_code in DONE or written or told:
        return f"{act} with {value} as {field}: {answer.status_code}, wrote to {sorted(written)}, told {told}"
    return ""


def test_a_child_of_another_agency_under_a_parent_of_ours_is_not_there(world):
    """And the other way round: every address with several ids, in every mixture."""
    nested = [one for one in addresses() if len(one.ids) > 1]
    assert nested
    mixtures = [
        (page, mixed)
        for page in nested
        for mixed in product(("plain", THEIRS), repeat=len(page.ids))
        if len(set(mixed)) > 1
    ]
    assert [wrong for page, mixed in mixtures if (wrong := found_there(world, page, mixed))] == []


def found_there(world: World, page: Address, mixed: tuple[str, ...]) -> str:
    """What an address with ids of several records answered, though nothing should have been there."""
    ids = {one: world.ids(record)[one] for one, record in zip(page.ids, mixed, strict=True)}
    act = Cell(page, "POST", POLICIES[page.name].by, "plain")
    with undone() as wrote:
        answer = world.client(act.actor).post(page.at(ids), sample(world, act))
    written = {table for table, many in wrote.items() if many} - WRITTEN_FOR_AN_ACT
    if answer.status_code == 404 and not written:
        return ""
    return f"{page.name} with {mixed}: {answer.status_code}, wrote to {sorted(written)}"


def chosen_when_asked(kind: type[forms.Form]) -> set[str]:
    """The fields of a form in which what can be chosen is known only when it is asked for."""
    return {
        name
        for name, field in kind.base_fields.items()
        if isinstance(field, forms.ModelChoiceField)
        or (isinstance(field, forms.ChoiceField) and not [one for one, _ in field.choices if one])
    }


def test_every_field_in_which_something_is_chosen_was_met_on_a_page(met):
    """Otherwise what is swapped above would be a list of what its writer thought of."""
    asked = {name for kind in every_form() for name in chosen_when_asked(kind)}
    assert len(asked) > 15
    assert asked - {field for form in met.values() for field in form.fields} == NEVER_OFFERED_HERE.keys()


class TestTheReaderOfForms:
    def test_finds_what_can_be_sent(self):
        page = (
            '<form method="post" action="/x/"><input name="a"><input type="radio" name="b" value="1">'
            f'<select name="c"><option value="{UUID(int=7)}"></select><input type="checkbox" name="d" value="k">'
            '<textarea name="e"></textarea></form><form><input name="f"></form><form method="POST"></form>'
        )
        (where, form), (here, empty) = forms_on(page, "/here/")
        assert (where, here, empty.fields) == ("/x/", "/here/", {})
        assert form.fields == {"a": set(), "b": {"1"}, "c": {str(UUID(int=7))}, "d": {"k"}, "e": set()}
        assert form.of_ids() == {"c"}
        assert form.many == {"d"}
