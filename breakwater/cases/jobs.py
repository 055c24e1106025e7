"""Work the cases floor does by itself."""

from django.db import transaction

from breakwater.cases.actions.home import bring_home
from breakwater.kernel.jobs import every


@every("* * * * *", "cases.bring_home")
def bring_home_what_was_left(timestamp: int) -> None:
    """Find the cases of agencies whose standing ended by its day."""
    with transaction.atomic():
        bring_home()
