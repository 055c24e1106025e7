"""``breakwater instruments``: list, import, attest; at the machine, by whoever keeps it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from breakwater.assessments.actions.keeping import attest, import_instrument
from breakwater.assessments.library import INSTRUMENTS, LICENSES
from breakwater.assessments.rules.definition import STATES
from breakwater.assessments.rules.licensing import ATTESTATIONS
from breakwater.formats.fhir.documents import LARGEST
from breakwater.kernel.errors import Refused
from breakwater.trust.access import acting, system_for
from breakwater.trust.models import Agency


class Command(BaseCommand):
    help = "List the instruments; import a FHIR Questionnaire; say what an agency may use"

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="every instrument, its level and its license")
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
        for one in (bring, says):
            one.add_argument("--agency", required=True, help="its name, as it stands on its pages")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "list":
            self._list()
            return
        agency = Agency.objects.filter(name=options["agency"]).first()
        if agency is None:
            raise CommandError("There is no agency of this name.")
        by = system_for(agency, now=timezone.now())
        try:
            with acting(by):
                self.stdout.write(_bring(options, by) if options["act"] == "import" else _attest(options, by))
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _list(self) -> None:
        for one in INSTRUMENTS.values():
            verified = "read at its source" if all(s.verified for s in one.scales) else "not all verified"
            self.stdout.write(
                f"{one.level}  {one.key}, {one.version}: {LICENSES[one.license.state].label}; {verified}"
            )


def _bring(options: dict[str, Any], by: Any) -> str:
    with options["file"].open("rb") as file:
        content = file.read(LARGEST + 1)
    kept = import_instrument(content, state=options["license"], holder=options["holder"], at=by.now, by=by)
    return f"Imported {'the words of ' if kept.is_pack else ''}{kept.instrument}."


def _attest(options: dict[str, Any], by: Any) -> str:
    attest(instrument=options["instrument"], kind=options["kind"], words=options["words"], at=by.now, by=by)
    return "Written down."
