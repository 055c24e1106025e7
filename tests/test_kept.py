"""A founded home is taken again only while everything it follows from is as it was."""

from tests import kept

FOLLOWS_FROM = [
    "breakwater/trust/migrations/0001_who_may_know.py",
    "breakwater/trust/walls.py",
    "breakwater/kernel/ids.py",
    "breakwater/trust/rules/law.py",
    "breakwater/server/schema.py",
]


def test_every_migration_and_what_it_reads_is_part_of_the_mark():
    read = kept.read_by_migrations()
    assert set(kept.ROOT.glob("breakwater/*/migrations/0*.py")) <= read
    assert {kept.ROOT / name for name in FOLLOWS_FROM} <= read


def test_a_home_is_taken_again_as_it_was_kept(tmp_path):
    made, place = tmp_path / "made", tmp_path / "kept"
    made.mkdir()
    (made / "tables").write_text("as founded")
    assert not kept.take(place, tmp_path / "first")
    kept.keep(made, place)
    kept.keep(made, place)
    assert kept.take(place, tmp_path / "second")
    assert (tmp_path / "second" / "tables").read_text() == "as founded"


def test_whatever_changes_in_what_it_follows_from_founds_another(tmp_path):
    first, second = tmp_path / "0001_tables.py", tmp_path / "0002_walls.py"
    first.write_text("tables"), second.write_text("walls")
    marks = [kept.mark_of({first, second}), kept.mark_of({first})]
    second.write_text("walls, and one more")
    marks.append(kept.mark_of({first, second}))
    assert len(set(marks)) == 3
    second.write_text("walls")
    assert kept.mark_of({first, second}) == marks[0]
