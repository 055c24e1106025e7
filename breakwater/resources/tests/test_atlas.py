"""Maps without anybody else's server."""

from breakwater.resources.atlas import draw
from breakwater.resources.atlas.drawing import HEIGHT, WIDTH
from breakwater.resources.atlas.outlines import outlines

SPRINGFIELD, CHICAGO, BOSTON, HONOLULU = (39.80, -89.65), (41.88, -87.63), (42.36, -71.06), (21.31, -157.86)


def test_every_state_and_county_is_there():
    states, counties = outlines()
    assert (len(states), len(counties)) == (56, 3_231)
    sangamon = next(one for one in counties if one.name == "Sangamon")
    assert (sangamon.box.west < SPRINGFIELD[1] < sangamon.box.east, sangamon.box.north > SPRINGFIELD[0]) == (
        True,
        True,
    )


def test_one_place_is_shown_in_the_middle_of_its_county():
    drawn = draw([("1", *SPRINGFIELD)])
    assert [(one.label, one.x, one.y) for one in drawn.markers] == [("1", WIDTH // 2, HEIGHT // 2)]
    assert "Sangamon" in [name for name, _, _ in drawn.names]


def test_far_apart_it_is_states_and_every_marker_is_on_the_paper():
    drawn = draw([("1", *SPRINGFIELD), ("2", *BOSTON), ("3", *HONOLULU)])
    assert [one.label for one in drawn.markers] == ["1", "2", "3"]
    assert all(0 < one.x < WIDTH and 0 < one.y < HEIGHT for one in drawn.markers)
    assert len(drawn.paths) <= 60
    assert sum(map(len, drawn.paths)) < 300_000


def test_around_a_point_what_lies_beyond_is_not_marked():
    drawn = draw([("1", *SPRINGFIELD), ("2", *CHICAGO)], around=SPRINGFIELD, within=50)
    assert [one.label for one in drawn.markers] == ["1"]


def test_what_lies_on_one_spot_is_one_marker_with_all_its_numbers():
    drawn = draw([(str(number), *SPRINGFIELD) for number in range(1, 4)])
    assert [(one.label, one.first) for one in drawn.markers] == [("1, 2, 3", "1")]
    many = draw([(str(number), *SPRINGFIELD) for number in range(1, 9)])
    assert [one.label for one in many.markers] == ["1 +7"]


def test_without_a_position_there_is_no_map():
    assert draw([]) is None
