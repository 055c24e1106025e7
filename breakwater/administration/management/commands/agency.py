"""Agencies, at the machine: found one, stop it at once, let it work again, list them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from breakwater.cases.looked_after import cases_looked_after
from breakwater.cases.models import Case
from breakwater.cases.schemes import SCHEMES
from breakwater.clocks.library import PROFILES
from breakwater.kernel.errors import Refused
from breakwater.resources.actions.claims import decide_against
from breakwater.resources.models import Claim
from breakwater.trust.access import Actor, acting, system_for
from breakwater.trust.actions.agencies import appoint, found_agency
from breakwater.trust.actions.handed import invite
from breakwater.trust.actions.suspensions import let_look_after, lift, suspend
from breakwater.trust.capabilities import Role
from breakwater.trust.house import HOUSE
from breakwater.trust.models import Agency, Appointment, Suspension


class Command(BaseCommand):
    help = "Found an agency, suspend it at once, lift that, name who looks after its cases, or list them all"

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(required=True, metavar="ACT", dest="act")
        founding = acts.add_parser("found", help="found an agency, and invite its first administrator")
        founding.add_argument("name", help="what it is called")
        founding.add_argument("--kind", required=True, choices=Agency.Kind.values)
        founding.add_argument("--time-zone", required=True, help="for example America/New_York")
        founding.add_argument("--unit", action="append", default=[], help="a unit; give it again for another")
        founding.add_argument(
            "--profile", default="us", choices=sorted(PROFILES), help="which clocks bind it"
        )
        founding.add_argument(
            "--scheme", default="uk-mhts-2015", choices=sorted(SCHEMES), help="its triage scheme"
        )
        founding.add_argument("--administrator", required=True, metavar="SIGN_IN_NAME")
        founding.add_argument(
            "--administrator-name", required=True, metavar="NAME", help="as colleagues know them"
        )
        for act, says in (("suspend", "stop it at once: everybody is out"), ("lift", "let it work again")):
            one = acts.add_parser(act, help=says)
            one.add_argument("name")
            one.add_argument("--reason", required=True, help="why; without names of people helped")
            if act == "suspend":
                one.add_argument("--cases-to", metavar="AGENCY", help="who sees the list of its open cases")
        looking = acts.add_parser("look-after", help="name who sees the open cases of a suspended agency")
        looking.add_argument("name")
        looking.add_argument("--cases-to", metavar="AGENCY", required=True)
        claimed = acts.add_parser(
            "claims", help="listings that two agencies claim, or decide one against an agency"
        )
        claimed.add_argument("--against", metavar="AGENCY", help="whose open claim or listing ends")
        acts.add_parser("list", help="every agency, how many work there, and whether it is suspended")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        acts: dict[str, Callable[..., None]] = {
            "found": self._found, "suspend": self._suspend, "lift": self._lift, "look-after": self._look_after,
            "list": self._list, "claims": self._claims,
        }  # fmt: skip
        try:
            with transaction.atomic():
                acts[act](options, timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _found(self, options: dict[str, Any], now: datetime) -> None:
        if Agency.objects.filter(name__iexact=options["name"].strip()).exists():
            raise CommandError("There is an agency of this name already.")
        if options["time_zone"] not in available_timezones():
            raise CommandError("There is no such time zone. Write it like America/New_York.")
        agency = found_agency(
            name=options["name"].strip(), kind=options["kind"], time_zone=options["time_zone"], at=now,
            units=tuple(options["unit"]), profile=options["profile"], scheme=options["scheme"],
        )  # fmt: skip
        with acting(system_for(agency, now=now)) as itself:
            first = appoint(
                username=options["administrator"], name=options["administrator_name"], password=None,
                role=Role.ADMINISTRATOR, unit=None, at=now, by=itself,
            )  # fmt: skip
            secret = invite(first, at=now, by=itself)
        self.stdout.write(f"{agency} is founded. {first.user.name} administers it.")
        self.stdout.write(
            f"They choose a password at /sign-in/code/ with the sign-in name {first.user.username} and:"
        )
        self.stdout.write(f"  {secret}")
        hours = HOUSE.invitation_lasts.total_seconds() // 3600
        self.stdout.write(f"It is shown once, and good for {hours:.0f} hours. Hand it to them yourself.")

    def _suspend(self, options: dict[str, Any], now: datetime) -> None:
        agency = _agency(options["name"])
        keeper = _agency(options["cases_to"]) if options["cases_to"] else None
        with acting(system_for(agency, now=now)) as itself:
            suspend(reason=options["reason"], looked_after_by=keeper, at=now, by=itself)
            cases = list(
                Case.objects.held_by(itself).open().order_by("asked_at").values_list("number", flat=True)
            )
        self.stdout.write(f"{agency} is suspended: nobody of it comes in, and both walls are closed to it.")
        if keeper:
            self._say_who_looks(keeper, now)
        elif cases:
            self.stdout.write(f"Nobody looks after its {len(cases)} open cases: {', '.join(cases)}.")
            self.stdout.write("Name an agency that does: breakwater agency look-after NAME --cases-to AGENCY")

    def _lift(self, options: dict[str, Any], now: datetime) -> None:
        suspension = _suspension(options["name"])
        with acting(system_for(suspension.agency, now=now)) as itself:
            lift(suspension, because=options["reason"], at=now, by=itself)
        self.stdout.write(f"{suspension.agency} works again. Its people sign in anew.")

    def _look_after(self, options: dict[str, Any], now: datetime) -> None:
        suspension, keeper = _suspension(options["name"]), _agency(options["cases_to"])
        with acting(system_for(suspension.agency, now=now)) as itself:
            let_look_after(suspension, agency=keeper, at=now, by=itself)
        self._say_who_looks(keeper, now)

    def _list(self, options: dict[str, Any], now: datetime) -> None:
        stopped = set(Suspension.objects.standing().values_list("agency", flat=True))
        for agency in Agency.objects.order_by("name"):
            many = Appointment.objects.standing(now).filter(agency=agency).count()
            mark = ", SUSPENDED" if agency.pk in stopped else ""
            self.stdout.write(f"{agency}: {agency.get_kind_display().lower()}, {many} people{mark}")

    def _claims(self, options: dict[str, Any], now: datetime) -> None:
        """Between two agencies whoever keeps the machine decides, after calling both."""
        against, told = options["against"], False
        for agency in [_agency(against)] if against else Agency.objects.order_by("name"):
            with acting(system_for(agency, now=now)) as itself:
                for how, claim in _claims_of(agency, now if against else None, itself):
                    self.stdout.write(f"{agency} {how} {claim.organization}: {claim.proof}")
                    told = True
        if against and not told:
            raise CommandError(f"{against} claims no listing, and holds none.")

    def _say_who_looks(self, keeper: Agency, now: datetime) -> None:
        with acting(system_for(keeper, now=now)):
            many = len(cases_looked_after())
        self.stdout.write(
            f"{keeper} sees {many} open case{'s' if many != 1 else ''} at /administration/looked-after/."
        )


def _agency(name: str) -> Agency:
    found = Agency.objects.filter(name__iexact=name.strip()).first()
    if found is None:
        raise CommandError(f"There is no agency called {name}. `breakwater agency list` names them all.")
    return found


def _claims_of(agency: Agency, over_at: datetime | None, itself: Actor) -> Iterator[tuple[str, Claim]]:
    """What an agency holds or claims; or no longer, from a moment on."""
    for claim in Claim.objects.open().of_agency(agency).select_related("organization__agency"):
        if over_at is None:
            yield "holds" if claim.granted_at else "claims", claim
        else:
            yield "no longer has", decide_against(claim, at=over_at, by=itself)


def _suspension(name: str) -> Suspension:
    found = Suspension.objects.standing().filter(agency=_agency(name)).select_related("agency").first()
    if found is None:
        raise CommandError("This agency is not suspended.")
    return found
