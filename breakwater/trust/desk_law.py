"""What a law says about a privacy officer's own work: requests, breaches, looks, keeping. Read from ``law/*.toml``."""

from datetime import timedelta
from types import MappingProxyType

from breakwater.kernel.tables import Table
from breakwater.trust.models.agencies import Agency
from breakwater.trust.rules.breach import BreachLaw
from breakwater.trust.rules.keeping import AFTER, ANYBODY, BIRTH, Keeping
from breakwater.trust.rules.requests import Ground, Right
from breakwater.trust.rules.snooping import SIGNS, Snooping

_PERCENT = 100


def right(kind: str, table: Table) -> Right:
    """One kind of request."""
    return Right(
        kind=kind,
        label=table.text("label"),
        days=table.whole("days"),
        extension_days=table.whole("extension_days"),
        extensions=table.whole("extensions"),
        free_in_months=table.whole("free_in_months") if table.has("free_in_months") else 0,
        law=table.text("law"),
        grounds=MappingProxyType({code: _ground(code, one) for code, one in table.tables("grounds")}),
    )


def breach(table: Table) -> BreachLaw:
    """What happens when something got out."""
    return BreachLaw(
        people_days=table.whole("people_days"),
        media_from=table.whole("media_from"),
        authority_at_once_from=table.whole("authority_at_once_from"),
        authority_days_after_year=table.whole("authority_days_after_year"),
        banners=table.wholes("banners"),
        oral_delay_days=table.whole("oral_delay_days"),
        law=table.text("law"),
    )


def snooping(table: Table) -> Snooping:
    """What is odd about a look, and how odd."""
    points = table.table("points")
    made = Snooping(
        points=MappingProxyType({code: points.whole(code) for code in SIGNS}),
        alert_at=table.whole("alert_at"),
        searched=timedelta(minutes=table.whole("searched_minutes")),
        event_days=table.whole("event_days"),
        many_in_an_hour=table.whole("many_in_an_hour"),
        usual_share=table.whole("usual_share_percent") / _PERCENT,
        usual_after_looks=table.whole("usual_after_looks"),
        care=timedelta(days=table.whole("care_days")),
        reason_lasts=timedelta(hours=table.whole("reason_hours")),
    )
    points.close()
    table.text("law")
    return made


def keeping(code: str, table: Table) -> Keeping:
    """For how long one class of records is kept."""
    table.day("date")
    kinds = Agency.Kind.values
    after = table.one_of("after", AFTER)
    made = Keeping(
        code=code,
        label=table.text("label", most=60),
        after=after,
        years=table.whole("years"),
        until_age=table.whole("until_age") if after == BIRTH else 0,
        agencies=table.some_of("agencies", (ANYBODY, *kinds)),
        not_for=table.some_of("not_for", kinds) if table.has("not_for") else (),
        law=table.text("law"),
        verified=table.flag("verified"),
    )
    table.close()
    return made


def _ground(code: str, table: Table) -> Ground:
    made = Ground(
        code=code, label=table.text("label"), second_look=table.flag("second_look"), law=table.text("law")
    )
    table.close()
    return made
