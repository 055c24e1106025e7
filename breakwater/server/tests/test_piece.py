"""A deep call takes its room once."""

import resource

import pytest

from breakwater.server.piece import in_one_piece

TIMES, DEPTHS = 200, range(200)


def deep(calls, act):
    return deep(calls - 1, act) if calls else act()


def pages_taken(calls):
    """How many empty pages of memory were asked for by calls to and fro, so many calls deep."""

    def to_and_fro():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for one in range(TIMES):
            held(one, one, one, one)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    return deep(calls, to_and_fro)


def held(*values):
    return len(values)


def test_no_depth_of_a_page_asks_the_kernel_for_memory_at_each_call():
    taken = [in_one_piece(pages_taken)(calls) for calls in DEPTHS]

    assert max(taken) < TIMES / 2


def test_what_stands_in_one_piece_answers_and_raises_as_before():
    @in_one_piece
    def told(word, *, loud):
        """Say it."""
        if not word:
            raise ValueError("nothing to say")
        return word.upper() if loud else word

    assert told("harbor", loud=True) == "HARBOR"
    assert told.__doc__ == "Say it."
    with pytest.raises(ValueError, match="nothing to say"):
        told("", loud=False)
