"""No test reaches anything but this machine."""

import socket

import pytest


@pytest.mark.parametrize("way", ["connect", "connect_ex"])
def test_an_address_of_another_machine_is_not_reached(way):
    with socket.socket() as line, pytest.raises(AssertionError, match=r"a test tried to reach 192\.0\.2\.1"):
        getattr(line, way)(("192.0.2.1", 80))
