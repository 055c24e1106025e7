"""What was drawn is numbers within a field, as many as a signature has, and nothing else."""

import pytest

from breakwater.plans.strokes import (
    HEIGHT,
    MOST_POINTS,
    MOST_STROKES,
    WIDTH,
    polylines,
    strokes_in,
    why_not_drawn,
)

DRAWN = "10,20 200,40 210,200;300,10"


def test_strokes_come_back_as_they_were_drawn():
    assert strokes_in(DRAWN) == (((10, 20), (200, 40), (210, 200)), ((300, 10),))
    assert polylines(DRAWN) == ["10,20 200,40 210,200", "300,10 300,10"]
    assert polylines("") == []
    assert why_not_drawn(DRAWN) == why_not_drawn("") == ""


@pytest.mark.parametrize(
    "text",
    [
        "x", "1,2 ", ";", "1,2;", " 1,2", "1,2  3,4", "1,2\n3,4", "-1,2 90,90", "1.5,2", "1e3,2", "٣,٤ 90,90",
        "1,2_0 90,90", "1,2٣ 90,90",
        f"{WIDTH + 1},2 3,4", f"1,{HEIGHT + 1} 3,4", '1,2"/><script>alert(1)</script>', "1,2\x00",
        ";".join(["1,2 90,90"] * (MOST_STROKES + 1)), " ".join(["1,2"] * (MOST_POINTS + 1)), "1,2 " * 10**6,
    ],
)  # fmt: skip
def test_what_no_pen_could_draw_is_refused_without_being_said_again(text):
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - that it says nothing of the text is the matter
        strokes_in(text)
    assert text not in str(refused.value)
    assert "did not arrive whole" in why_not_drawn(text)


def test_a_dot_is_no_signature():
    assert "more than a dot" in why_not_drawn("500,100")
    assert "more than a dot" in why_not_drawn("500,100 505,104;1,1")
