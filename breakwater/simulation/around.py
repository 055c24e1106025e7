"""What goes on round a case in the county: lists, rides, messages, a copy in the person's hands."""

from datetime import timedelta
from typing import Any

from breakwater.attachments.actions import release
from breakwater.attachments.forms import Brought
from breakwater.attachments.models import Attachment
from breakwater.messaging.actions.threads import write_on_case
from breakwater.messaging.models import Message
from breakwater.portal.actions.handing import Chosen, hand_copy, why_no_copy
from breakwater.portal.actions.linking import hand_link, hand_link_to_receiver
from breakwater.portal.rules import PARTS
from breakwater.referrals.actions.driving import arrive_there, assign_driver, pick_up
from breakwater.referrals.actions.rides import End, Journey, Seat, ask_for_ride
from breakwater.referrals.actions.waiting import Applicant, join_list
from breakwater.referrals.models import Placement, Ride
from breakwater.resources.fit import Wants
from breakwater.resources.models import Bed, Program
from breakwater.simulation.agencies import SHELTER
from breakwater.simulation.life import Life
from breakwater.simulation.town import Town
from breakwater.trust.access import acting
from breakwater.trust.models import Appointment

_LETTER = """NOTICE

To whom it may concern:
The rent for October and November
is due by Friday, or you must leave.

The landlord"""
_TALK = (
    (
        "Can you look in on them at four? I am in court until five.",
        "Yes. I know the house; I go by the back door.",
    ),
    ("The landlord wants it in writing by Friday.", "Written, and in the tray for you to sign."),
    ("They ask for whoever came the first night.", "That was me. I call before noon."),
)


def stands_on_a_list(life: Life, town: Town, hours: float) -> None:
    """Waits for a family room of the shelter; the house has not looked yet."""
    keeper = town.houses[SHELTER].agency
    program = Program.objects.select_related("agency").get(agency=keeper, kind=Bed.Kind.SHELTER_FAMILY)
    wants = Wants(age=life.c.randint(22, 50), children=life.c.randint(1, 3))
    applicant = Applicant(wants=wants, grounds=("children",), words="Can come at any hour.")
    join_list(life.case, program, applicant, **life.acts(hours))


def talks_it_over(life: Life, mate: Appointment, hours: float, *, letter: bool = False) -> None:
    """The worker writes to a colleague, perhaps with a letter typed over, who answers where their role may write."""
    asked, answered = life.c.choice(_TALK)
    notice = Brought(name="notice.txt", kind="text", content=_LETTER.encode(), is_scanned=False)
    sent = write_on_case(
        life.case, asked, is_urgent=False, attached=[notice] if letter else (), **life.acts(hours)
    )
    _lets_open(life, sent, mate, hours + 0.2)
    acts = life.acts(hours + 0.3, mate)
    if acts["by"].may("messaging.write"):
        with acting(acts["by"]):
            write_on_case(life.case, answered, is_urgent=False, **acts)


def gives_a_link(life: Life, town: Town, hours: float) -> None:
    """A site without accounts is asked for help, and gets a link by which it can answer."""
    hand_link(town.refer(life, hours, need=1, outside=True), **life.acts(hours + 0.1))


def offers_by_link(life: Life, town: Town, hours: float) -> None:
    """Somebody outside is offered the case, and reads what goes with it by a link."""
    hand_link_to_receiver(town.offer(life, hours, "Long Road Services"), **life.acts(hours + 0.1))


def _lets_open(life: Life, sent: Message, mate: Appointment, hours: float) -> None:
    """A colleague who may looks at whom it came from, and lets it be opened; at the shelter nobody has looked yet."""
    acts = life.acts(hours, mate)
    if life.house.agency.name != SHELTER and acts["by"].may("attachments.release"):
        for one in Attachment.objects.filter(about=sent.pk).select_related("circle"):
            release(one, **acts)


def is_driven_there(life: Life, held: Placement, hours: float) -> None:
    """A colleague drives them to the bed that is held, and they arrive."""
    ride = _ride(life, held, hours, starts=hours + 0.4)
    pick_up(ride, **life.acts(hours + 0.5))
    arrive_there(ride, **life.acts(hours + 1))


def will_be_driven(life: Life, held: Placement, hours: float) -> None:
    """A ride is asked for and has a driver; nobody is in the car yet."""
    _ride(life, held, hours, starts=(life.now - life.asked_at) / timedelta(hours=1) + life.c.uniform(0.3, 2))


def takes_a_copy_along(life: Life, hours: float) -> None:
    """They were given the code of their own copy, and have not used it yet; not where no screen of theirs is safe."""
    if why_no_copy(life.case):
        return
    chosen = Chosen(parts=PARTS, language="en", way="spoken", safe_device=True)
    hand_copy(life.case, chosen, **life.acts(hours))


def _ride(life: Life, held: Placement, hours: float, *, starts: float) -> Ride:
    goal: dict[str, Any] = {"words": f"{held.bed.place.name}, the side door"}
    journey = Journey(
        starts_at=life.asked_at + timedelta(hours=starts), origin=End(words="Where they are now; call first"),
        goal=End(**goal), lasts=timedelta(minutes=40),
    )  # fmt: skip
    seat = Seat(seats=1, words="One bag. Front seat, please.")
    ride = ask_for_ride(life.case, journey, seat, **life.acts(hours))
    driver = life.c.choice(life.house.staff)
    return assign_driver(ride, driver.user, **life.acts(hours + 0.1))
