"""How a view answers with paper: a PDF that names nobody outside its pages, and that no cache keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, QueryDict

from breakwater.formats.paper import Block, NotPrinted, Sheet, printed
from breakwater.kernel.errors import Refused
from breakwater.ui.languages import Language, paper_of, spoken
from breakwater.ui.words.catalogs import told_in

_TOO_LONG = "This is too long for one PDF. Choose fewer days, or print the page from your browser instead."
_NOT_IN_TIME = (
    "The PDF could not be made just now. Try again in a minute, or print the page from your browser instead."
)


class _Asks(Protocol):
    """Whoever asks for paper: who they are, when, and how they want it."""

    @property
    def GET(self) -> QueryDict: ...  # noqa: N802 - Django's name
    @property
    def actor(self) -> Any: ...
    @property
    def now(self) -> datetime: ...


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How somebody wants their paper."""

    language: Language
    is_large: bool

    @property
    def query(self) -> str:
        """The same wish, as the end of an address."""
        return urlencode({"language": self.language.code} | ({"size": "large"} if self.is_large else {}))


def wanted(request: _Asks) -> Wanted:
    """How the paper is wanted; in usual English unless said otherwise."""
    return Wanted(
        language=spoken(request.GET.get("language", "")), is_large=request.GET.get("size") == "large"
    )


def paper(
    request: _Asks, title: str, blocks: Iterable[Block], *, how: Wanted, says_who: bool
) -> HttpResponse:
    """Answer with a PDF, to be opened in the browser.

    Args:
        title: what the window says. It names nobody.
        says_who: at the foot of each page, who printed it and when; else the day alone, for what must not tell who
            helps somebody.

    Raises:
        Refused: it is too long, or could not be set in time.
    """
    sheet = Sheet(
        title=title, language=how.language.code, blocks=tuple(blocks), footer=_footer(request, how, says_who),
        page=how.language.says["page"], cannot_show=how.language.says["cannot_show"],
        size=paper_of(request.actor.agency.profile), made_at=request.now, is_large=how.is_large,
    )  # fmt: skip
    try:
        pdf = printed(sheet)
    except NotPrinted as reason:
        raise Refused(_TOO_LONG if reason.is_too_long else _NOT_IN_TIME) from reason
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="paper.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _footer(request: _Asks, how: Wanted, says_who: bool) -> str:
    actor, language = request.actor, how.language
    zone: ZoneInfo = actor.zone
    if not says_who:
        return language.says["printed"].format(day=language.dated(request.now, zone))
    role = told_in(language.code)(actor.role_name.lower())
    who = f"{actor.name}, {role}, {actor.agency.name}"
    return language.says["printed_by"].format(who=who, moment=language.written(request.now, zone))
