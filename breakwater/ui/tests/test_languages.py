from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from breakwater.kernel.tables import WrongTable
from breakwater.ui import languages
from breakwater.ui.languages import LANGUAGES, SPOKEN, day_in, load, paper_of, spoken

FILE = Path(languages.__file__).with_name("languages.toml")
AT = datetime(2026, 11, 27, 14, 5, tzinfo=UTC)


def test_a_day_is_spoken_as_people_say_it():
    en, es = SPOKEN["en"], SPOKEN["es"]
    assert (en.day(AT, UTC), en.written(AT, UTC)) == ("Friday, November 27", "November 27, 2026, 14:05")
    assert (es.moment(AT, UTC), es.dated(AT, UTC)) == (
        "viernes 27 de noviembre, 14:05",
        "27 de noviembre de 2026",
    )
    assert LANGUAGES == {"en": "English", "es": "Español"}
    assert (spoken("xx"), spoken("es")) == (en, es)
    assert (paper_of("us"), paper_of("gb-eng")) == ("us-letter", "a4")
    assert {name for name in en.says if en.says[name] == es.says[name]} <= {"moment"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"Monday", ', "", "has 6 names, not 7"),
        ('large = "letra grande"\n', "", "large: is missing"),
        ('other = "a4"\n', "", "is cut in no way elsewhere"),
        ('page = "Page {page} of {pages}"', "page = ''", "says nothing"),
    ],
)
def test_a_file_that_lacks_something_is_refused(tmp_path, before, after, said):
    text = FILE.read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "languages.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(WrongTable, match=said):
        load(tmp_path / "languages.toml")


def test_two_numbers_of_a_date_are_read_as_they_are_written_there():
    assert (
        day_in("04/05/1990", "us")
        == day_in(" 5.4.1990", "gb-eng")
        == day_in("1990-4-5", "us")
        == date(1990, 4, 5)
    )
    assert [day_in(text, "us") for text in ("13/05/1990", "4/5/90", "Ada", "٠٤/٠٥/١٩٩٠", "")] == [None] * 5
