"""H4: a canary is heard in whatever it is written; what is none is not."""

import base64
import hashlib
import html
import json
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from breakwater.formats.paper import Sheet, Words, printed
from tests.matrix.canaries import Cage
from tests.paper import plain


def percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def on_paper(title: str, words: str) -> bytes:
    """What can be got out of a PDF."""
    return plain(
        printed(
            Sheet(
                title=title, language="en", blocks=(Words(words),), footer="", page="{page}", cannot_show="",
                size="a4", made_at=datetime(2026, 11, 27, tzinfo=UTC),
            )
        )
    )  # fmt: skip


WRITTEN: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "in large letters": lambda text: text.upper().encode(),
    "in a word that goes on": lambda text: f"{text}s".encode(),
    "for an address": lambda text: quote(f"?q={text}&x=ö").encode(),
    "every letter for an address": lambda text: percent(text).encode(),
    "on a page of a PDF": lambda text: on_paper("A paper", f"It says {text} there"),
    "in the title of a PDF": lambda text: on_paper(text, "Words"),
    "for a page": lambda text: html.escape(f"<{text}>").encode(),
    "every letter for a page": lambda text: "".join(f"&#{ord(one)};" for one in text).encode(),
    "every letter for a page in hex": lambda text: "".join(f"&#x{ord(one):x};" for one in text).encode(),
    "as JSON": lambda text: json.dumps({"ö": text}).encode(),
    "every letter for JSON": lambda text: "".join(f"\\u{ord(one):04X}" for one in text).encode(),
    "in base64": lambda text: base64.b64encode(text.encode()),
    "in base64 after one letter": lambda text: base64.b64encode(f"(x{text})".encode()),
    "in base64 after two letters": lambda text: base64.b64encode(f"a{text} and so on".encode()),
    "in base64 for addresses": lambda text: base64.urlsafe_b64encode(f"??>{text}".encode()),
    "in hex": lambda text: text.encode().hex().encode(),
    "in UTF-16": lambda text: text.encode("utf-16-le"),
    "turned round": lambda text: text[::-1].encode(),
    "as MD5": lambda text: hashlib.md5(text.encode()).hexdigest().encode(),
    "as SHA-1": lambda text: hashlib.sha1(text.encode()).hexdigest().encode(),
    "as SHA-256 in large letters": lambda text: hashlib.sha256(text.encode()).hexdigest().upper().encode(),
}
ONLY_WORDS = {"turned round", "in UTF-16", "every letter for JSON"}


@pytest.mark.parametrize("way", WRITTEN)
def test_a_word_is_heard(way):
    cage = Cage()
    cage.word("hers", "other", "who")
    text = cage.word("hers", "known", "who")
    assert {one.text for one in cage.heard_in(b"<p>" + WRITTEN[way](text) + b"</p>")} == {text}


@pytest.mark.parametrize("way", sorted(WRITTEN.keys() - ONLY_WORDS - {"in a word that goes on"}))
def test_a_number_is_heard(way):
    cage = Cage()
    text = cage.phone("hers")
    assert [one.record for one in cage.heard_in(b"tel " + WRITTEN[way](text))] == ["hers"]


@pytest.mark.parametrize("number", ["212-555-0100", "2125550100", "+1 212 555 0100", "555 0100"])
def test_a_number_is_heard_however_it_is_grouped_and_as_the_hash_of_its_digits(number):
    cage = Cage()
    cage.phone("hers")
    assert cage.heard_in(number.encode())
    assert cage.heard_in(hashlib.sha256(b"2125550100").hexdigest().encode())


@pytest.mark.parametrize(
    "number", ["01a226ea-39cc-7103-8555-0100e5dda9ee", "ee9add5e0010-5558-3017-cc93-ae622a10", "5550100" * 5]
)
def test_a_number_that_stands_in_an_id_by_chance_is_none_and_beside_one_it_is(number):
    cage = Cage()
    cage.phone("hers")
    drawn = number.encode()
    assert cage.heard_in(b'<a href="/needs/' + drawn + b'/">') == set()
    assert cage.heard_in(b'<a href="/needs/' + drawn + b'/">555-0100</a>')


@pytest.mark.parametrize("before", ["", "x", "xy"])
@pytest.mark.parametrize("behind", ["", "\0", " and so on", "\xff"])
def test_numbers_that_differ_in_their_last_digit_are_told_apart_in_base64(before, behind):
    cage = Cage()
    numbers = {
        name: cage.phone(name) for name in ("hers", "plain", "pupil", "minor", "dry", "gone", "new", "old")
    }
    for name, number in numbers.items():
        said = base64.b64encode(f"{before}{number}{behind}".encode("latin-1"))
        assert [one.record for one in cage.heard_in(said)] == [name]


def test_nothing_is_heard_where_nothing_is_said():
    cage = Cage()
    cage.word("hers", "known", "who")
    cage.phone("hers")
    noise = base64.b64encode(hashlib.sha512(b"zq").digest() * 9) + hashlib.sha256(b"zq").hexdigest().encode()
    assert cage.heard_in(noise + b" zqhersknown 555-0199 %7a%71 &#122; \\u007a") == set()


def test_what_was_listened_to_is_listened_to_again_for_a_new_word():
    cage = Cage()
    said = b"a short page with 555-0100"
    assert cage.heard_in(said) == set()
    cage.phone("hers")
    assert [one.record for one in cage.heard_in(said)] == ["hers"]
    word = cage.word("hers", "known", "who")
    assert [one.text for one in cage.heard_in(word.encode())] == [word]
    cage.forget(word)
    assert cage.heard_in(word.encode()) == set()
