"""Nothing but one function sends, and nothing but one module asks another server: both ask first whether they may."""

import ast

import pytest

from tests.architecture.source import Module, code, example

SENDS = "breakwater/messaging/actions/sending.py"
TRANSPORTS = "breakwater/messaging/transports/"
_OF_OURS = "breakwater.messaging.transports"
OUTSIDE = {
    "smtplib", "imaplib", "telnetlib", "ftplib", "xmlrpc", "requests", "httpx", "aiohttp", "urllib3", "aiosmtplib",
    "twilio", "django.core.mail", "urllib.request", "http.client", "socket", "socketserver", "ssl", "pycurl", "dns",
    "asyncio.open_connection", "websockets", "paramiko",
}  # fmt: skip
"""By what something could leave this machine."""
NAMED = {
    "breakwater/attachments/scanner.py": "gives a file to a scanner on this machine, which says what it found",
    "breakwater/kernel/outside/asking.py": "asks other servers, at addresses that it has judged",
    "breakwater/messaging/transports/mail.py": "speaks to the mail server that whoever runs this named",
    "breakwater/server/supervisor.py": "starts servers and asks them on this machine",
}
"""What speaks to another machine at all, with its reason."""


def ways_out(module: Module) -> list[str]:
    """Every import by which a module could send something itself."""
    return [
        f"{module.path}: {name}"
        for node in module.nodes
        for name in _imported(node)
        if _is_a_transport(name, module) or _is_outside(name, module)
    ]


def _is_a_transport(name: str, module: Module) -> bool:
    is_ours = name == _OF_OURS or name.startswith(f"{_OF_OURS}.")
    return is_ours and module.path != SENDS and not module.path.startswith(TRANSPORTS)


def _is_outside(name: str, module: Module) -> bool:
    is_outside = any(name == one or name.startswith(f"{one}.") for one in OUTSIDE)
    return is_outside and module.path not in NAMED


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    return []


def test_one_function_sends():
    assert [line for module in code() for line in ways_out(module)] == []


def test_what_is_named_still_speaks_to_somebody():
    speaking = {
        module.path
        for module in code()
        if any(name.startswith(tuple(OUTSIDE)) for node in module.nodes for name in _imported(node))
    }
    assert sorted(NAMED) == sorted(speaking)


@pytest.mark.parametrize(
    "bad",
    [
        "from breakwater.messaging.transports import gateway",
        "from breakwater.messaging import transports",
        "from breakwater.messaging.transports.mail import send",
        "import smtplib",
        "from django.core.mail import send_mail",
        "from django.core import mail",
        "from urllib.request import urlopen",
        "import http.client",
        "from http.client import HTTPConnection",
        "import socket",
        "import httpx",
    ],
)
def test_the_guard_sees_a_second_way_out(bad):
    assert ways_out(example(bad))


def test_the_guard_leaves_the_rest_alone():
    assert ways_out(example("from urllib.parse import urlsplit\nfrom email.message import Message")) == []
