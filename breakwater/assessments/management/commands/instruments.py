"""``breakwater instruments``: list, import, attest, usual, export; at the machine, by whoever keeps it."""

import os
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from breakwater.assessments.actions.exporting import Export
from breakwater.assessments.actions.keeping import Usual, attest, import_instrument, set_default
from breakwater.assessments.actions.taking_out import take_out
from breakwater.assessments.library import INSTRUMENTS, LICENSES
from breakwater.assessments.listing import what_is_here
from breakwater.assessments.models import Assessment
from breakwater.assessments.rules.definition import STATES
from breakwater.assessments.rules.licensing import ATTESTATIONS
from breakwater.assessments.rules.repeating import DATE, Repeat
from breakwater.formats.fhir.documents import LARGEST
from breakwater.kernel.days import start_of_day
from breakwater.kernel.errors import Refused
from breakwater.trust.access import Actor, acting, actor_for, system_for
from breakwater.trust.actions.leaving import Recipient
from breakwater.trust.models import Agency, Appointment
from breakwater.trust.rules.law import PURPOSES, RECIPIENTS

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_OWNERS = 0o600


class Command(BaseCommand):
    help = "List the instruments; import a FHIR Questionnaire; say what an agency may use; export what was answered"

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="every instrument, its level and its license")
        acts.add_parser("page", help="the same as a page for docs/instruments.md, with what was verified")
        bring = acts.add_parser("import", help="bring a FHIR Questionnaire in JSON")
        bring.add_argument("file", type=Path)
        bring.add_argument(
            "--license", default="", choices=["", *STATES], help="of one that is not known here"
        )
        bring.add_argument("--holder", default="", help="who holds that license")
        says = acts.add_parser("attest", help="say what the agency may do, and how that is known")
        says.add_argument("instrument")
        says.add_argument("kind", choices=list(ATTESTATIONS))
        says.add_argument("words")
        says.add_argument("--until", type=date.fromisoformat, help="the last day of a certificate")
        usual = _says_what_is_usual(acts)
        leaves = acts.add_parser("export", help="what was answered and what it came to, as FHIR, a line each")
        leaves.add_argument("file", type=Path, help="a file that is not there yet; only its owner reads it")
        leaves.add_argument("--as", dest="asked_by", required=True, help="who asks for it: how they sign in")
        which = leaves.add_mutually_exclusive_group(required=True)
        which.add_argument("--case", help="all of one case, by its number")
        which.add_argument(
            "--since", type=date.fromisoformat, help="all that the agency completed from this day on"
        )
        leaves.add_argument(
            "--to", required=True, help="to whom it goes: an agency here, or somebody by name"
        )
        leaves.add_argument(
            "--kind", default="care", choices=list(RECIPIENTS), help="what they are to the person"
        )
        leaves.add_argument("--purpose", required=True, choices=list(PURPOSES), help="what for")
        leaves.add_argument(
            "--with-words", action="store_true", help="what was written in own words goes along"
        )
        for one in (bring, says, usual, leaves):
            one.add_argument("--agency", required=True, help="its name, as it stands on its pages")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "list":
            self._list()
            return
        if options["act"] == "page":
            self.stdout.write(what_is_here(), ending="")
            return
        agency = Agency.objects.filter(name=options["agency"]).first()
        if agency is None:
            raise CommandError("There is no agency of this name.")
        by = system_for(agency, now=timezone.now())
        try:
            if options["act"] == "export":
                self._export(options, by)
                return
            with acting(by):
                self.stdout.write(_ACTS[options["act"]](options, by))
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _export(self, options: dict[str, Any], system: Actor) -> None:
        by = _asking(options["asked_by"], system)
        chosen = _chosen(options, by)
        wanted = Export(to=_recipient(options), purpose=options["purpose"], with_words=options["with_words"])
        with os.fdopen(os.open(options["file"], _NEW, _OWNERS), "wb") as file:
            kept_back = take_out(chosen, wanted, file.write, at=by.now, by=by)
        self.stdout.write(f"{len(chosen) - kept_back.total()} exported, {kept_back.total()} kept back.")
        for why, many in kept_back.most_common():
            self.stdout.write(f"{many} kept back: {why}")

    def _list(self) -> None:
        for one in INSTRUMENTS.values():
            verified = "read at its source" if all(s.verified for s in one.scales) else "not all verified"
            self.stdout.write(
                f"{one.level}  {one.key}, {one.version}: {LICENSES[one.license.state].label}; {verified}"
            )


def _says_what_is_usual(acts: Any) -> CommandParser:
    usual: CommandParser = acts.add_parser(
        "usual", help="say when the agency asks again, and by which cut-offs"
    )
    usual.add_argument("instrument")
    usual.add_argument(
        "--again", default="practice", metavar="DAYS",
        help="after how many days; or: contact, incident, change, never, practice",
    )  # fmt: skip
    usual.add_argument("--cut-offs", default="", help="those that count where nobody chooses others")
    usual.add_argument(
        "--bands", default="", help="of your manual, where none are shipped: 0 none: Small; 1 to 3 low: …"
    )
    return usual


def _bring(options: dict[str, Any], by: Any) -> str:
    with options["file"].open("rb") as file:
        content = file.read(LARGEST + 1)
    kept = import_instrument(content, state=options["license"], holder=options["holder"], at=by.now, by=by)
    return f"Imported {'the words of ' if kept.is_pack else ''}{kept.instrument}."


def _attest(options: dict[str, Any], by: Any) -> str:
    told = {key: options[key] for key in ("instrument", "kind", "words", "until")}
    attest(**told, at=by.now, by=by)
    return "Written down."


def _usual(options: dict[str, Any], by: Any) -> str:
    said = options["again"]
    days = int(said) if said.isdecimal() else 0
    repeat = None if said == "practice" else Repeat(how=DATE if days else said, from_days=days)
    usual = Usual(repeat=repeat, profile=options["cut_offs"], bands=options["bands"])
    made = set_default(options["instrument"], usual, at=by.now, by=by)
    return f"{made.instrument}: {made.get_again_display() or 'as practice does'}."


_ACTS = {"import": _bring, "attest": _attest, "usual": _usual}


def _asking(username: str, system: Actor) -> Actor:
    """Who asks, with the role that they have at the agency, and no more than it allows."""
    with acting(system):
        found = (
            Appointment.objects.standing(system.now)
            .not_suspended()
            .select_related("user", "agency", "unit", "own_role")
        )
        appointment = found.filter(agency=system.agency, user__username__iexact=username).first()
    if appointment is None:
        raise CommandError("Nobody who signs in like this works at this agency now.")
    by = actor_for(appointment, now=system.now)
    by.must("trust.disclose")
    return by


def _chosen(options: dict[str, Any], by: Actor) -> list[UUID]:
    """The completed assessments that are asked for, as far as whoever asks may see them; the first one first."""
    with acting(by):
        found = Assessment.objects.visible_to(by).filter(
            case__agency=by.agency, ended_how=Assessment.Ended.COMPLETED
        )
        if options["case"]:
            found = found.filter(case__number=options["case"])
        else:
            found = found.filter(ends_at__gte=start_of_day(options["since"], by.zone))
        chosen = list(found.order_by("ends_at", "pk").values_list("pk", flat=True))
    if not chosen:
        raise CommandError("Nothing that was completed is there to export. No file was made.")
    return chosen


def _recipient(options: dict[str, Any]) -> Recipient:
    agency = Agency.objects.filter(name=options["to"]).first()
    return Recipient.of(agency, name=options["to"], kind=options["kind"])
