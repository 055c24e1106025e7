"""A form's key names one request, and tells the server for whom the form was made."""

from uuid import uuid4

from breakwater.kernel.keys import is_key_of, new_key

ADA, BEN = uuid4(), uuid4()


def test_a_key_is_of_whom_it_was_made_for():
    assert is_key_of(new_key(ADA), ADA)


def test_a_key_is_of_nobody_else():
    key = new_key(ADA)
    assert not is_key_of(key, BEN)
    assert not is_key_of(key, "")


def test_a_key_from_elsewhere_is_of_nobody():
    assert not any(is_key_of(uuid4(), ADA) for _ in range(100))


def test_a_changed_key_is_of_nobody():
    key = new_key(ADA)
    assert not any(is_key_of(type(key)(int=key.int ^ (1 << bit)), ADA) for bit in range(128))


def test_keys_are_all_different_and_say_their_version():
    made = {new_key(ADA) for _ in range(5_000)}
    assert len(made) == 5_000
    assert {(key.version, key.variant) for key in made} == {(8, "specified in RFC 4122")}


def test_a_key_of_another_server_is_of_nobody(settings):
    key = new_key(ADA)
    settings.SECRET_KEY = "another server's"
    assert not is_key_of(key, ADA)
