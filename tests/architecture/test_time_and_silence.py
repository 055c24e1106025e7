"""Time is an argument, and a log line is built from a fixed sentence."""

import ast

import hypothesis
import pytest

from tests.architecture.source import Module, called, code, dotted, example

_CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "localtime", "gmtime", "perf_counter"}
_CLOCK_OWNERS = {"datetime", "date", "timezone", "time", "dt", "django", "utils"}
_LOUD = {"debug", "info", "warning", "error", "exception", "critical", "log"}
_LOGGERS = {"log", "logger", "logging", "LOG", "_log", "_logger"}


def looks_at_a_clock(module: Module) -> list[str]:
    """Every line that asks what time it is."""
    found = []
    for node in module.nodes:
        *owner, verb = called(node).split(".")
        if verb in _CLOCKS and (set(owner) & _CLOCK_OWNERS or (not owner and verb != "time")):
            found.append(f"{module.path}:{node.lineno}")
        if called(node) in ("Now", "functions.Now"):
            found.append(f"{module.path}:{node.lineno}")
    return found


def composed_log_lines(module: Module) -> list[str]:
    """Every log call whose sentence is put together on the spot, so that words about a person may slip in."""
    found = []
    for node in module.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        speaks = node.func.attr in _LOUD and dotted(node.func.value).split(".")[-1].split("(")[0] in _LOGGERS
        sentence = node.args[1] if node.func.attr == "log" and len(node.args) > 1 else node.args[0]
        if speaks and not (isinstance(sentence, ast.Constant) and isinstance(sentence.value, str)):
            found.append(f"{module.path}:{node.lineno}")
    return found


def ends_at_the_moment(module: Module) -> list[str]:
    """Every line that ends rows by the moment of the act, though another server may have begun them later."""
    return [
        f"{module.path}:{node.lineno}"
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
        if any(one.arg == "ends_at" and isinstance(one.value, ast.Name) for one in node.keywords)
    ]


def test_rows_end_no_sooner_than_they_began_whichever_server_ends_them():
    assert [
        line for module in code() if module.kind == "actions" for line in ends_at_the_moment(module)
    ] == []
    assert ends_at_the_moment(example("Gate.objects.standing().update(ends_at=at)"))
    assert not ends_at_the_moment(example("Gate.objects.standing().update(ends_at=not_before(at))"))


def test_rules_and_actions_are_told_the_moment():
    told = [
        module for module in code() if module.kind in ("rules", "actions", "models", "events", "reactions")
    ]
    assert len(told) > 20
    assert [line for module in told for line in looks_at_a_clock(module)] == []


def test_every_log_line_is_a_fixed_sentence():
    assert [line for module in code() for line in composed_log_lines(module)] == []


@pytest.mark.parametrize(
    "bad",
    [
        "datetime.now(UTC)",
        "timezone.now()",
        "now()",
        "date.today()",
        "time.time()",
        "datetime.datetime.utcnow()",
        "filter(due_at__lt=Now())",
    ],
)
def test_the_guard_sees_a_look_at_the_clock(bad):
    assert looks_at_a_clock(example(f"x = {bad}"))


@pytest.mark.parametrize("good", ["is_open_now(at)", "rules.today_is(at)", "at.time()", "x = actor.now"])
def test_the_guard_leaves_moments_alone(good):
    assert looks_at_a_clock(example(good)) == []


@pytest.mark.parametrize(
    "bad",
    [
        "log.error(f'could not reach {person}')",
        "logger.info('hello ' + name)",
        "log.warning('%s' % name)",
        "log.info(sentence)",
        "logging.log(30, f'{x}')",
        "log.error('{}'.format(name))",
    ],
)
def test_the_guard_sees_a_composed_log_line(bad):
    assert composed_log_lines(example(bad))


def test_the_guard_leaves_fixed_sentences_alone():
    assert composed_log_lines(example("log.error('notice %s not delivered: %s', pk, kind)")) == []


def test_a_property_is_tried_with_the_same_cases_on_each_run(request):
    chosen = request.config.getoption("--hypothesis-profile") or "same"
    tried = hypothesis.settings()
    assert (tried.derandomize, tried.deadline) == (chosen == "same", None)
