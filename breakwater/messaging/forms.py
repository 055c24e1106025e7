from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from breakwater.attachments.forms import Files
from breakwater.kernel.text import Filled, Ours
from breakwater.messaging.actions.notices import Wish
from breakwater.messaging.actions.reach import Agreed, Chosen, ChosenDevice
from breakwater.messaging.devices import Browser
from breakwater.messaging.library import LANGUAGES, LIBRARY
from breakwater.messaging.models import Channel, ContactRule
from breakwater.messaging.models.notices import OUTSIDE
from breakwater.people.models import ContactPoint
from breakwater.ui.act import ActForm
from breakwater.ui.fields import Day, Line, Moment, Words, choice, needed, offer

_KINDS = {"call": "Please call", "reminder": "A reminder of something planned"}
_USUAL_ZONES = {
    "America/New_York": "Eastern", "America/Chicago": "Central", "America/Denver": "Mountain",
    "America/Phoenix": "Arizona", "America/Los_Angeles": "Pacific", "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii", "America/Puerto_Rico": "Atlantic, Puerto Rico", "Pacific/Guam": "Guam",
}  # fmt: skip


class Clock(forms.TimeField):
    """A time of day, as a clock on the wall shows it."""

    widget = forms.TimeInput(attrs={"placeholder": "21:00"})

    def __init__(self, **options: Any) -> None:
        plainly = {"invalid": "Write a time of day, like 21:00."}
        super().__init__(**({"input_formats": ["%H:%M", "%H:%M:%S"], "error_messages": plainly} | options))


class MessageForm(forms.Form):
    """What somebody writes in a thread."""

    words = needed(Words(label="Your message", max_length=8_000))
    is_urgent = forms.BooleanField(
        label="I wait for an answer", required=False,
        help_text="If nobody looks in time, it goes on to who supervises there, and then to the duty queue.",
    )  # fmt: skip
    attached = Files()


class AmendmentForm(forms.Form):
    """A new text of one's own message."""

    words = needed(Words(label="The new text", max_length=8_000))
    reason = needed(Line(label="Why it changes"))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=30_000)


class WayForm(forms.Form):
    """How somebody who works here wants to hear of what waits for them."""

    channel = choice("How?", OUTSIDE)
    value = needed(
        Line(
            label="Your address or number at work",
            help_text="Not a phone that others pick up: a note may come at any time.",
        )
    )
    quiet_from = Clock(label="Quiet from")
    quiet_until = Clock(label="until", help_text="The same time twice means never quiet.")
    urgent_at_night = forms.BooleanField(label="What is urgent may come in quiet hours too", required=False)

    def chosen(self) -> Chosen:
        """What they chose."""
        return Chosen(**self.cleaned_data)

    @staticmethod
    def first() -> dict[str, Any]:
        """What most people choose."""
        return {"channel": Channel.EMAIL.value, "quiet_from": "20:00", "quiet_until": "08:00"}


class DeviceForm(forms.Form):
    """In which browser somebody wants to be told, as it says itself; and when not."""

    endpoint = forms.CharField(max_length=1000, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=200, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=60, widget=forms.HiddenInput)
    quiet_from = Clock(label="Quiet from")
    quiet_until = Clock(label="until", help_text="The same time twice means never quiet.")
    urgent_at_night = forms.BooleanField(label="What is urgent may come in quiet hours too", required=False)

    def clean(self) -> dict[str, Any]:
        """What the browser did not fill in is said once, above the form."""
        told = super().clean() or {}
        if self.errors.keys() & {"endpoint", "p256dh", "auth"}:
            for name in ("endpoint", "p256dh", "auth"):
                self.errors.pop(name, None)
            self.add_error(None, "The browser did not say how to reach it. Press it once more.")
        return told

    def chosen(self, device: str) -> ChosenDevice:
        """What they chose."""
        told = dict(self.cleaned_data)
        browser = Browser(**{name: told.pop(name) for name in ("endpoint", "p256dh", "auth")})
        return ChosenDevice(browser=browser, device=device, **told)


class RuleForm(forms.Form):
    """What the person agreed to about one number or address."""

    opens = Clock(label="They may be reached from")
    closes = Clock(label="until", help_text="By the clock where they are. The same time twice means all day.")
    time_zone = forms.ChoiceField(label="Where are they?")
    language = choice("In which language?", tuple(LANGUAGES.items()))
    agreed_until = Day(label="Until which day?", required=False, help_text="Empty until they say otherwise.")

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = {zone.key: zone.key.replace("_", " ")} if zone.key not in _USUAL_ZONES else {}
        offer(self, "time_zone", (theirs | _USUAL_ZONES).items())

    def agreed(self) -> Agreed:
        """What they agreed to."""
        return Agreed(**self.cleaned_data)

    @staticmethod
    def first(rule: ContactRule | None, zone: ZoneInfo) -> dict[str, Any]:
        """What stands, or what most people agree to."""
        if rule is None:
            return {"opens": "09:00", "closes": "20:00", "time_zone": zone.key, "language": "en"}
        clocks = {"opens": f"{rule.opens:%H:%M}", "closes": f"{rule.closes:%H:%M}"}
        return clocks | {name: getattr(rule, name) for name in ("time_zone", "language", "agreed_until")}


class NoticeForm(ActForm):
    """A notice to the person: what it says, where it goes, not before when."""

    kind = choice("What are they told?", [])
    to = choice("Where?", [])
    when = Moment(label="Not before", required=False, help_text="Empty means now.")

    def __init__(self, *args: Any, points: dict[str, ContactPoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.points = points
        offer(
            self,
            "kind",
            [
                (code, Filled("{kind}: “{text}”", kind=Ours(_KINDS[code]), text=Ours(one.says["en"].text)))
                for code, one in LIBRARY.people.items()
            ],
        )
        offer(
            self,
            "to",
            [
                (pk, Filled("{kind} {value}", kind=Ours(one.get_kind_display()), value=one.value))
                for pk, one in points.items()
            ],
        )

    def wish(self) -> Wish:
        """What was chosen."""
        point = self.points[self.cleaned_data["to"]]
        channel = Channel.SMS if point.kind == ContactPoint.Kind.PHONE else Channel.EMAIL
        when = self.cleaned_data["when"] or self.now
        return Wish(kind=self.cleaned_data["kind"], contact_point=point, channel=channel, when=when)
