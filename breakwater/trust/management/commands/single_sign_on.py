"""Sets where an agency's people sign in for everything (OpenID Connect). Its secret is read from the terminal."""

from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from breakwater.kernel.errors import Refused
from breakwater.trust.actions.single import set_provider
from breakwater.trust.models import Agency


class Command(BaseCommand):
    help = "Set an agency's provider of single sign-on"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("agency", help="Its name, as it stands on its pages")
        parser.add_argument("word", help="What its people type to be sent there")
        parser.add_argument("issuer", help="The address of the provider: https://…")
        parser.add_argument("client_id", help="What Breakwater is called there")
        parser.add_argument("--asks-for-two", action="store_true", help="A second factor is asked for there")

    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(name=options["agency"]).first()
        if agency is None:
            raise CommandError("There is no agency of this name.")
        try:
            set_provider(
                agency,
                word=options["word"],
                issuer=options["issuer"],
                client_id=options["client_id"],
                client_secret=getpass("The client secret: "),
                asks_for_two=options["asks_for_two"],
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Its people may connect it now, on the page “Your sign-in”.")
