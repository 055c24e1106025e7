"""The blanks of a sentence that code fills: how each is called, and whether words of ours stand in it."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

Made = Mapping[str, Sequence[ast.expr]]
"""By the name of a variable: everything that is put into it."""

_OURS = "_label"
"""How the name of a blank ends that holds words of ours: they are looked up, what somebody typed never is."""
_CALLED_OURS = frozenset(("label", "title", "labels"))
_SHOWN_AS = frozenset(("label", "help_text", "title", "about", "when", "legend"))
"""Under which names words are given to what shows them."""
_SAYS = frozenset(("say", "choice", "Ours", "Filled"))
_PAIR = 2
_MAKES_LABELS = ("label", "title", "in_words")
_SAME_WORDS = ("lower", "capitalize", "isoformat", "strftime")
_CODES_ALONE = "facts"
"""An event holds ids and codes, and never prose: what is made of them is ours, or a number."""


def with_blanks(node: ast.JoinedStr, made: Made) -> str:
    """A string that is filled in, with a blank for each value, called as the value is."""
    names: Counter[str] = Counter()
    known: dict[str, str] = {}
    said = ""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            spelled = ast.dump(part.value)
            known.setdefault(spelled, "")
            known[spelled] = known[spelled] or _numbered(_blank_of(part.value, made), names)
            said += f"{{{known[spelled]}}}"
        elif isinstance(part, ast.Constant):
            said += str(part.value)
    return said


def made_of_ours(every: Iterable[ast.AST]) -> Made:
    """What is put into each variable of a module, by its name."""
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for node in every:
        if isinstance(node, ast.Assign):
            for name, value in (one for target in node.targets for one in _put_into(target, node.value)):
                found[name].append(value)
    return found


def told_in(every: Iterable[ast.AST], made: Made) -> Iterator[int]:
    """What is said to somebody because of where it stands, by its identity: however short it is."""
    for node in every:
        if isinstance(node, ast.Call):
            given = [one.value for one in node.keywords if one.arg in _SHOWN_AS]
            given += node.args[:1] if called(node) in _SAYS else []
            yield from (id(one) for value in given for one in _strings(value, made))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            name = target.id if isinstance(target, ast.Name) else ""
            if name in _SHOWN_AS or (name.isupper() and _is_table(node.value)):
                yield from (id(one) for one in _strings(node.value, made))
        elif isinstance(node, ast.Tuple) and len(node.elts) == _PAIR and _is_choice(*node.elts):
            yield id(node.elts[1])


def said_outright(every: Iterable[ast.AST]) -> Iterator[int]:
    """A word that is declared ours where it stands, by its identity: it may be a single small one."""
    for node in every:
        if isinstance(node, ast.Call) and called(node) == "Ours":
            yield from (id(one) for one in node.args if isinstance(one, ast.Constant) and one.value)


def is_ours(node: ast.expr, made: Made, depth: int = 3) -> bool:
    """Whether a value is words of ours: a constant, a label, a choice between them, or made of an event's codes."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.Call):
        return _call_is_ours(node, made, depth)
    if isinstance(node, ast.Name):
        return bool(depth and made.get(node.id)) and all(
            is_ours(one, made, depth - 1) for one in made[node.id]
        )
    if isinstance(node, ast.Attribute):
        return node.attr in _CALLED_OURS
    if isinstance(node, ast.Subscript):
        return isinstance(node.value, ast.Name) and node.value.id.isupper()
    ways = _ways(node)
    return bool(ways) and all(is_ours(one, made, depth) for one in ways)


def _ways(node: ast.expr) -> list[ast.expr]:
    """What a value may come to, or what it consists of."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return node.values
    return node.elts if isinstance(node, ast.List | ast.Tuple) else []


def words_in(node: ast.AST, made: Made) -> Iterator[ast.Constant]:
    """The constants that fill a blank, where they do."""
    if not isinstance(node, ast.FormattedValue) or not is_ours(node.value, made):
        return
    waiting: list[ast.expr] = [node.value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.strip(" ,;:."):
            yield one
        elif isinstance(one, ast.IfExp):
            waiting += [one.body, one.orelse]
        elif isinstance(one, ast.BoolOp):
            waiting += one.values
        elif isinstance(one, ast.Name):
            waiting += made[one.id]


def called(node: ast.Call) -> str:
    """The name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _blank_of(value: ast.expr, made: Made) -> str:
    name = _name_of(value)
    return f"{name}{_OURS}" if is_ours(value, made) and not any(one in name for one in _CALLED_OURS) else name


def _numbered(name: str, names: Counter[str]) -> str:
    names[name] += 1
    return name if names[name] == 1 else f"{name}{names[name]}"


def _is_choice(key: ast.expr, words: ast.expr) -> bool:
    """Whether a pair is what a form offers: words that are put together, or those for nothing chosen."""
    for_nothing = isinstance(key, ast.Constant) and key.value == "" and isinstance(words, ast.Constant)
    return for_nothing or isinstance(words, ast.JoinedStr)


def _put_into(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=False):
            yield from _put_into(one, its)


def _is_table(value: ast.expr) -> bool:
    """Whether words stand in it by their codes."""
    value = value.args[0] if isinstance(value, ast.Call) and value.args else value
    return isinstance(value, ast.Dict) and all(
        isinstance(one, ast.Constant) and " " in str(one.value) for one in value.values
    )


def _strings(value: ast.expr, made: Made) -> Iterator[ast.expr]:
    """The strings that something is, or is one of."""
    if isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str)):
        yield value
    elif isinstance(value, ast.IfExp):
        yield from (*_strings(value.body, made), *_strings(value.orelse, made))
    elif isinstance(value, ast.Name):
        for one in made.get(value.id, ()):
            yield from (one,) if isinstance(one, ast.Constant | ast.JoinedStr) else ()
    elif isinstance(value, ast.Dict):
        yield from (one for its in value.values for one in _strings(its, made))
    elif isinstance(value, ast.Call) and value.args:
        yield from _strings(value.args[0], made)


def _call_is_ours(node: ast.Call, made: Made, depth: int) -> bool:
    name = called(node)
    if name in _SAME_WORDS and isinstance(node.func, ast.Attribute):
        return is_ours(node.func.value, made, depth)
    if name == "join" and node.args:
        each = node.args[0]
        return is_ours(each.elt if isinstance(each, ast.GeneratorExp | ast.ListComp) else each, made, depth)
    if name == "get" and isinstance(node.func, ast.Attribute):
        known = node.func.value
        return (isinstance(known, ast.Name) and known.id.isupper()) or "choices" in ast.dump(known)
    if name.endswith("_display") or any(one in name for one in _MAKES_LABELS):
        return True
    return any(isinstance(one, ast.Name) and one.id == _CODES_ALONE for one in node.args)


def _name_of(node: ast.expr) -> str:
    """What a blank is called: by the last name in it."""
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    if isinstance(node, ast.Call):
        return _name_of_call(node, _name_of(node.func))
    if isinstance(node, ast.Subscript):
        return _name_of(node.value)
    return "value"


def _name_of_call(node: ast.Call, name: str) -> str:
    """What a choice is called is a label, and in small letters too; else a blank is called as what is asked about."""
    if name.endswith("_display"):
        return f"{name[4:-8]}_label"
    if name in _SAME_WORDS and isinstance(node.func, ast.Attribute):
        return _name_of(node.func.value)
    if any(isinstance(one, ast.Name) and one.id == _CODES_ALONE for one in node.args):
        return name
    return name if not node.args or "label" in name else _name_of(node.args[0])
