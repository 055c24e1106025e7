"""What somebody typed is a value, never a name, a statement, a template or a program."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.source import Module, called, code, dotted, example, shrinks, words_of

SQL_ROOMS = {
    "breakwater/cases/known.py": "a few columns of episodes, by a statement that is kept",
    "breakwater/cases/actions/holding.py": "locks a case and its circle in one statement",
    "breakwater/portal/actions/own.py": "a code is tried and opened by functions that tell nothing else",
    "breakwater/portal/actions/site.py": "a link and its code are tried by a function that tells nothing else",
    "breakwater/portal/actions/room.py": "a standing link and its code are tried by a function that tells nothing else",
    "breakwater/portal/telling.py": "for which place a device tells how much room there is",
    "breakwater/portal/answering.py": "for whom an open letter is shown",
    "breakwater/portal/holding.py": "for whom an open copy is shown",
    "breakwater/cases/looked_after.py": "a function of the database that tells no more than numbers",
    "breakwater/cases/others.py": "a function of the database that sees across the walls",
    "breakwater/cases/timeline/story.py": "reads many kinds of row at once",
    "breakwater/server/wire.py": "asks for everybody who listens in one statement, on a connection of its own",
    "breakwater/desk/board.py": "counts the board in one statement",
    "breakwater/kernel/db.py": "the room for it",
    "breakwater/kernel/together.py": "asks what QuerySets say, in one round trip",
    "breakwater/people/actions/words.py": "a function of the database that only forgets",
    "breakwater/people/emergency.py": "one record, before anything else of it may be read",
    "breakwater/people/matching.py": "names that sound alike, by an index",
    "breakwater/referrals/models/asking.py": "functions of the database that see across the walls",
    "breakwater/referrals/models/placement.py": "a function of the database that sees across the walls",
    "breakwater/resources/actions/imports.py": "a directory of a million rows",
    "breakwater/resources/actions/merging.py": "a directory of a million rows",
    "breakwater/resources/actions/staging.py": "a directory of a million rows",
    "breakwater/resources/models/queries.py": "a function of the database that knows the hours",
    "breakwater/server/bench/answers.py": "measures; serves nobody",
    "breakwater/server/bench/build.py": "measures; serves nobody",
    "breakwater/server/bench/floor_reads.py": "measures; serves nobody",
    "breakwater/server/bench/floor_writes.py": "measures; serves nobody",
    "breakwater/server/bench/recall.py": "measures; serves nobody",
    "breakwater/server/bench/unwalled.py": "measures what walls cost; serves nobody",
    "breakwater/server/checks.py": "asks what the role may do",
    "breakwater/server/declared.py": "copies files into two tables, as the owner",
    "breakwater/server/demo.py": "moves the demonstration in time, as the owner",
    "breakwater/server/embedded/cluster.py": "makes roles and the database",
    "breakwater/server/schema.py": "makes roles and gives rights",
    "breakwater/simulation/county.py": "asks the database not to wait for the disk",
    "breakwater/trust/access.py": "tells the walls who looks",
    "breakwater/trust/actions/drafts.py": "the quickest write there is",
    "breakwater/trust/actions/encrypting.py": "a function of the database that encrypts what cannot be changed",
    "breakwater/trust/actions/erasing.py": "a function of the database that erases",
    "breakwater/trust/actions/glass.py": "a function of the database that opens and closes",
    "breakwater/trust/actions/keys.py": "exchanges cells in batches, whichever table they lie in",
    "breakwater/trust/actions/seals.py": "digests are made where the rows lie",
    "breakwater/trust/door.py": "tells the walls who looks, with the session",
    "breakwater/trust/journal.py": "many entries in one statement",
    "breakwater/trust/keeping.py": "functions of the database that say what is kept and why",
    "breakwater/trust/keyring.py": "which key is in use, for the rest of the transaction",
    "breakwater/trust/knocks.py": "a lock that no row stands for",
    "breakwater/trust/management/commands/verify.py": "digests are made where the rows lie",
    "breakwater/trust/turned_away.py": "what was refused in one statement, with the walls put up for whom it was",
    "breakwater/trust/one_row.py": "keeps the SQL that a QuerySet made",
    "breakwater/trust/receipts.py": "a claim that waits for its twin",
    "breakwater/trust/waking.py": "a word to whoever listens, on a connection of its own",
    "breakwater/trust/walls.py": "walls are SQL",
    "breakwater/attachments/walls.py": "and so is who may hang a file on a record of an app above",
}
"""Where SQL is sent by hand, and why Django's own words do not do."""

WRITTEN_ELSEWHERE = {
    "breakwater/cases/timeline/sources.py": "which words stand behind the kinds of entries",
    "breakwater/resources/actions/dangling.py": "names of our own tables, in a list",
    "breakwater/resources/actions/fresh.py": "parts of statements, all constants",
    "breakwater/trust/verifying.py": "names of our own streams, in a list",
}
"""Where SQL is put together of names we own, for a room that sends it."""

COMPUTED_NAMES = {
    "breakwater/cases/actions/closing.py update": "cells of an encrypted field, which the act names",
    "breakwater/cases/actions/notes.py update": "cells of an encrypted field, which the act names",
    "breakwater/duties/actions/table.py create": "what an action was told, each by a parameter of its form",
    "breakwater/messaging/actions/reach.py create": "what an action was told, each by a parameter of its form",
    "breakwater/duties/models.py order_by": "an order of constants",
    "breakwater/trust/actions/agencies.py create": "a role, built in or of the agency's own",
    "breakwater/cases/models/follow_up.py prefetch_related": "a question of our own about attempts",
    "breakwater/cases/timeline/story.py order_by": "one of two constants: newest or oldest first",
    "breakwater/people/actions/persons.py create": "what an action was told, each by a parameter of its form",
    "breakwater/referrals/actions/letters.py create": "the link and the words of one of two kinds of letter",
    "breakwater/referrals/actions/letters.py filter": "the link of one of two kinds of letter",
    "breakwater/resources/models/queries.py Q": "the four sides of a box",
    "breakwater/resources/models/queries.py filter": "the four sides of a box",
    "breakwater/trust/one_row.py select_related": "what a view of ours asked to come along",
}
"""Where the name of a field is not written out, and whose names these are."""

MARKED_SAFE = {
    "breakwater/trust/views/factors.py mark_safe": "a picture of squares, drawn here",
    "breakwater/ui/jinja.py Markup": "hidden fields, each part escaped",
    "breakwater/ui/telling.py Markup": "a clock in words, each part escaped",
}
"""Where text is called markup."""

UNPACKED = {
    "breakwater/formats/capacity/have.py xml.sax": "the name of a fault; defusedxml reads, and opens no entity",
    "breakwater/formats/capacity/have.py xml.sax.handler": "what is told of elements; defusedxml reads",
}
"""Where what comes from outside is more than text, and what keeps it harmless."""

_SENDS = {
    "execute",
    "executemany",
    "copy_expert",
    "run_sql",
    "one_row",
    "all_rows",
    "RawSQL",
    "RunSQL",
    "extra",
    "raw",
}
_LOOKS_UP = {
    "Q", "aggregate", "alias", "annotate", "create", "exclude", "filter", "get", "get_or_create", "order_by",
    "update", "update_or_create", "values", "values_list",
}  # fmt: skip
_NAMES = {
    "defer",
    "distinct",
    "only",
    "order_by",
    "prefetch_related",
    "select_related",
    "values",
    "values_list",
}
_OUTSIDE = {"request", "GET", "POST", "COOKIES", "headers", "body", "form", "cleaned_data", "asked", "typed"}
_RUNS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "subprocess.getoutput",
    "subprocess.getstatusoutput", "env.from_string", "from_string", "Template", "mark_safe", "Markup",
}  # fmt: skip
_UNPACKS = {"pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml"}
_STATEMENT = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|GRANT|COPY|ORDER BY)\b")


def calls(module: Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last part of what it calls."""
    for node in module.nodes:
        if isinstance(node, ast.Call):
            yield called(node).rpartition(".")[2], node


def sends_sql(module: Module) -> set[str]:
    """The module, when it sends SQL by hand. Our own ``one_row`` of models is no SQL, unlike the kernel's."""
    kernels = "from breakwater.kernel.db import" in module.text
    sent = {name for name, _ in calls(module)} & _SENDS
    if not kernels and "def one_row" not in module.text:
        sent -= {"one_row"}
    return {module.path} if sent else set()


def is_statement(node: ast.AST) -> bool:
    """Whether an expression puts SQL together: an f-string, ``%``, ``+`` or ``.format`` with words of SQL."""
    if isinstance(node, ast.Call):
        made = isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        return made and bool(_STATEMENT.search(" ".join(words_of(node.func.value))))
    made = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod))
    return made and bool(_STATEMENT.search(" ".join(words_of(node))))


def puts_sql_together(module: Module) -> set[str]:
    """The module, when it makes SQL out of parts."""
    return {module.path for node in module.nodes if is_statement(node)}


def says_in_sql(module: Module) -> set[str]:
    """Where something that came from outside is written into SQL in place of being told beside it."""
    statements = [node for node in module.nodes if is_statement(node)]
    return {
        f"{module.path}:{part.lineno}"
        for statement in statements
        for part in ast.walk(statement)
        if isinstance(part, ast.Attribute | ast.Name) and _OUTSIDE & set(dotted(part).split("."))
    }


def computes_names(module: Module) -> set[str]:
    """Where the name of a field is computed: ``**`` into a lookup, or a variable where a name belongs."""
    return {
        f"{module.path} {name}"
        for name, node in calls(module)
        if (name in _LOOKS_UP and any(word.arg is None for word in node.keywords))
        or (
            name in _NAMES
            and any(isinstance(one, ast.Name | ast.Starred | ast.Subscript) for one in node.args)
        )
    }


def runs_what_it_is_told(module: Module) -> set[str]:
    """Where text becomes a program, a template or markup, or bytes become objects."""
    found = set()
    for node in module.nodes:
        name = called(node)
        if name in _RUNS or name.rpartition(".")[2] in ("from_string", "mark_safe", "Markup"):
            found.add(f"{module.path} {name}")
        if isinstance(node, ast.Call) and any(
            word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
            for word in node.keywords
        ):
            found.add(f"{module.path} shell")
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found |= {f"{module.path} {one}" for one in names if one.split(".")[0] in _UNPACKS}
    return found


Rule = Callable[[Module], set[str]]
RULES: list[tuple[Rule, set[str]]] = [
    (sends_sql, set(SQL_ROOMS)),
    (says_in_sql, set()),
    (computes_names, set(COMPUTED_NAMES)),
    (runs_what_it_is_told, set(MARKED_SAFE) | set(UNPACKED)),
]


def served() -> list[Module]:
    """What is at work: ``testing`` makes things for tests only."""
    return [module for module in code() if module.parts[-1] != "testing"]


@pytest.mark.parametrize(("rule", "listed"), RULES, ids=lambda it: getattr(it, "__name__", ""))
def test_what_is_typed_is_a_value_and_nothing_else(rule, listed):
    shrinks([where for module in served() for where in rule(module)], listed)


def test_sql_is_put_together_of_our_own_names_in_few_rooms():
    made = {where for module in served() for where in puts_sql_together(module)}
    assert sorted(made - set(SQL_ROOMS) - set(WRITTEN_ELSEWHERE)) == [], "not allowed"
    assert sorted(set(WRITTEN_ELSEWHERE) - made) == [], "no longer needed: take it off the list"


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        (sends_sql, "cursor.execute('SELECT 1')"),
        (sends_sql, "Case.objects.extra(where=[words])"),
        (sends_sql, "Case.objects.raw(words)"),
        (sends_sql, "Case.objects.filter(pk__in=RawSQL(words, ()))"),
        (sends_sql, "from breakwater.kernel.db import run_sql\nrun_sql(words)"),
        (sends_sql, "from breakwater.kernel.db import one_row\none_row(words)"),
        (puts_sql_together, "f'SELECT * FROM {table}'"),
        (puts_sql_together, "'SELECT * FROM %s' % table"),
        (puts_sql_together, "'DELETE FROM {}'.format(table)"),
        (says_in_sql, "f'SELECT * FROM t ORDER BY {request.GET[\"by\"]}'"),
        (says_in_sql, "f\"UPDATE t SET words = '{form.cleaned_data['words']}'\""),
        (says_in_sql, "'SELECT {}'.format(request.POST['q'])"),
        (computes_names, "Case.objects.filter(**request.GET)"),
        (computes_names, "Case.objects.annotate(**request.GET.dict())"),
        (computes_names, "Case.objects.alias(**{request.GET['as']: 1})"),
        (computes_names, "Case.objects.filter(Q(**asked))"),
        (computes_names, "Case.objects.order_by(request.GET['by'])"),
        (computes_names, "Case.objects.order_by(by)"),
        (computes_names, "Case.objects.values(*request.GET)"),
        (computes_names, "Case.objects.create(**request.POST.dict())"),
        (runs_what_it_is_told, "eval(words)"),
        (runs_what_it_is_told, "exec(words)"),
        (runs_what_it_is_told, "os.system(words)"),
        (runs_what_it_is_told, "subprocess.run(words, shell=True)"),
        (runs_what_it_is_told, "env.from_string(words)"),
        (runs_what_it_is_told, "Template(words)"),
        (runs_what_it_is_told, "mark_safe(words)"),
        (runs_what_it_is_told, "import pickle"),
        (runs_what_it_is_told, "from yaml import load"),
        (runs_what_it_is_told, "from xml.etree import ElementTree"),
    ],
)
def test_each_rule_sees_what_it_is_there_for(rule, bad):
    assert rule(example(bad))


@pytest.mark.parametrize(
    "good",
    [
        "Case.objects.filter(number=request.GET['number'])",
        "Case.objects.order_by('-pk', F('due_at').asc())",
        "subprocess.run(['ls', words], shell=False)",
        "f'{name} was selected'",
        "facts.get('name')",
    ],
)
def test_honest_code_is_left_alone(good):
    rules = [sends_sql, puts_sql_together, says_in_sql, computes_names, runs_what_it_is_told]
    assert [rule(example(good)) for rule in rules] == [set()] * len(rules)
