"""What an agency keeps for itself, and what its privacy officer owes an answer: each address with its policy."""

from typing import Any

from tests.matrix.policies import Policy, acts, gated, reads

_NEW_PASSWORD = "seven quiet herons nest 42"
_PASSWORD = "harbor light 7"
"""What everybody in the world signs in with."""
_THREAT = {
    "victim": "The neighbor", "threat": "He said so.", "means": "A knife.", "imminence": "Tonight.",
    "options": ["hospital", "closer_care"], "action": "closer_care", "action_words": "He stays with us tonight.",
}  # fmt: skip
_WORRY = {
    "team": "@team", "words": "He named the depot.", "threat": "He will burn it down.", "why_serious": "He named it.",
    "why_imminent": "Tomorrow.", "how_they_can_lessen_it": "They guard it.", "source": "Said to me.", "days": "7",
}  # fmt: skip
_MEDICAL = {
    "recipient_name": "Dr. Cole", "recipient_affiliation": "Harbor General", "discloser": "Ada", "nature": "No breath.",
    "no_consent": "Unconscious.", "told": "What they take.",
}  # fmt: skip
_DUTY = {
    "topic": "elder", "jurisdiction": "Harbor County", "force": "mandatory", "trigger": "Whoever knows.",
    "citation": "Harbor County Code 0-001 (made up)",
}  # fmt: skip


def kept(may: str, not_done: str = "", by: str = "administrator", **sends: Any) -> Policy:
    """A form about what the agency keeps for itself, on a page for those alone who may do the act."""
    return Policy(reads=(may,), does=(may,), sends=sends, by=by, not_done=not_done)


def pressed(may: str, not_done: str = "", by: str = "administrator") -> Policy:
    """A button alone: it is asked for by POST, and has no page of its own."""
    return Policy(reads=(), does=(may,), sends={"x": "1"}, by=by, not_done=not_done)


def own(not_done: str = "", by: str = "manager", **sends: Any) -> Policy:
    """A form by which somebody changes how they sign in themselves."""
    return Policy(reads=(), does=("own",), sends=sends, by=by, not_done=not_done)


def door(**sends: Any) -> Policy:
    """A way in: it asks nobody who they are."""
    return Policy(reads=(), public=True, sends=sends)


OUR_PLACES: dict[str, Policy] = {
    "resources:house": Policy(reads=("beds",)),
    "resources:report": kept("claim", "no file was chosen", source="The county"),
    "resources:listing": Policy(reads=("claim",), sends={"words": "zq"}),
    "resources:claiming": kept("claim", "the agency holds a listing", proof="The license."),
    "resources:new_place": kept("claim", name="Annex", state="ME"),
    "resources:place": Policy(reads=("beds",)),
    "resources:kind": kept("beds", kind="meal"),
    "resources:beds": kept("beds", kind="respite", labels="R1"),
    "resources:confirmation": Policy(
        reads=("beds",), does=("claim",), sends={"x": "1"}, by="administrator", not_done="it is confirmed"
    ),
    "resources:withdrawal": Policy(
        reads=("beds",), does=("claim",), sends={"x": "1"}, by="administrator", not_done="it is confirmed"
    ),
    "resources:giving_up": Policy(reads=("beds",), does=("claim",), sends={"x": "1"}, by="administrator"),
    "resources:bed": kept("beds", label="Window", accepts="Women", read="@bed"),
    "resources:out_of_service": kept("beds", reason="The pipe."),
    "resources:back_in_service": kept("beds", "it is in use", x="1"),
    "resources:closing": kept("beds", x="1"),
}
"""What an agency says of its own places."""

HOUSE: dict[str, Policy] = {
    "administration:people": Policy(reads=("administer",)),
    "administration:appointing": kept(
        "administer", name="Noor Adel", username="noor.adel", role="case_manager", unit=""
    ),
    "administration:person": Policy(reads=("administer",)),
    "administration:moving": kept("administer", role="responder", unit="", to=""),
    "administration:dismissing": kept("administer", to=""),
    "administration:signing_out": kept("administer", x="1"),
    "administration:inviting": kept("administer", x="1"),
    "administration:returning": kept("administer", "they still work here", role="case_manager", unit=""),
    "administration:units": kept("administer", name="Night team"),
    "administration:unit": kept("administer", name="Dawn team"),
    "administration:closing": kept("administer", x="1"),
    "administration:roles": Policy(reads=("administer",)),
    "administration:upkeep": Policy(reads=("administer",)),
    "administration:making": kept("administer", name="Reader", capabilities=["cases.read"], because=""),
    "administration:comparing": Policy(reads=("administer",)),
    "administration:ending": pressed("administer"),
    "administration:reviews": kept("confirm", "a review is running", x="1"),
    "administration:review": Policy(reads=("confirm",)),
    "administration:confirming": kept("confirm", x="1"),
    "administration:suspension": kept(
        "suspend", reason="A laptop was stolen.", name="Alpha Services", looked_after_by="", password=_PASSWORD
    ),
    "administration:looked_after": Policy(reads=("assign",)),
    "duties:table": Policy(reads=()),
    "duties:row": kept("keep", **_DUTY),
    "duties:duty": Policy(reads=(), does=("keep",), sends=_DUTY, by="supervisor"),
    "trust:second": door(second="x", one_time_code="000000"),
    "trust:passkey": door(passkey="{}", step="x"),
    "trust:asked": door(x="1"),
    "trust:given_code": door(
        username="nobody-here", one_time_code="x", new_password=_NEW_PASSWORD, new_password_again=_NEW_PASSWORD
    ),
    "trust:single": door(word="nobody"),
    "trust:single_back": Policy(reads=(), public=True, by_get="a provider sends whoever signed in there back by GET"),
    "trust:proof": own(password=_PASSWORD),
    "trust:own": Policy(reads=()),
    "trust:live": Policy(reads=()),
    "trust:password": own(new_password=_NEW_PASSWORD, new_password_again=_NEW_PASSWORD),
    "trust:ending": own(which="others"),
    "trust:known": own(x="1"),
    "trust:language": own(language="es"),
    "trust:device": own(goes_along="yes"),
    "trust:new_passkey": own("a browser makes one", passkey="{}", step="x", name="Mine"),
    "trust:asked_to_make": own(x="1"),
    "trust:naming": own(by="colleague", name="Mine"),
    "trust:passkey_removal": own("their password alone would be too short", by="colleague", x="1"),
    "trust:authenticator": own("an app shows the code", one_time_code="000000", sealed=""),
    "trust:authenticator_removal": own("nobody has an app here", x="1"),
    "trust:codes": own(by="colleague", x="1"),
    "trust:connecting": own("no agency here has a place of its own to sign in", x="1"),
    "trust:disconnecting": own("nobody is connected", x="1"),
    "trust:resets": Policy(
        reads=("resets",), does=("administer",), by="administrator", sends={"who": "@appointment", "lost": "password"}
    ),
    "trust:approval": pressed("resets", by="supervisor"),
}  # fmt: skip
"""Who works there and as what, the agency's duty table, and how people sign in."""

DESK: dict[str, Policy] = {
    "duties:asking": acts("duties", duty="@duty"),
    "duties:weighing": acts("duties", **_THREAT),
    "duties:prompt": reads(),
    "duties:report": acts("duties", to_whom="The hotline", how="voice", told="What I saw."),
    "duties:not_required": acts("duties", because="They are of age."),
    "duties:consultation": acts("duties", whom="Ines", words="We report it."),
    "duties:otherwise": acts("duties", way="@way", words="Done so."),
    "duties:threat": Policy(does=("duties",), sends=_THREAT, not_done="the prompt asks about a child"),
    "privacy:asking": gated("receive", kind="access", words="All of it.", received_at="@lately", asker="self"),
    "privacy:asked": Policy(reads=("read", "receive")),
    "privacy:checking": gated("receive", how="known", words=""),
    "privacy:extending": gated("reply", by="supervisor", reason="Some of it is in the archive."),
    "privacy:answering": gated("reply", by="supervisor", outcome="granted", ground="", words="Here it is."),
    "privacy:appealing": gated("receive", not_done="nothing was refused", words="I do not agree."),
    "privacy:looking_again": gated(
        "reply", by="supervisor", not_done="nothing was refused", verdict="upheld", words=""
    ),
    "privacy:concern": gated("disclose", **_WORRY),
    "privacy:concerns": Policy(reads=("concerns",)),
    "privacy:told": Policy(reads=("concerns",)),
    "privacy:concern_ending": pressed("disclose", by="manager"),
    "privacy:medical": gated("disclose", **_MEDICAL),
    "privacy:medical_told": Policy(does=("review",), sends={"words": "Rightly so."}, by="supervisor"),
    "privacy:family": acts("correct", name="Ana", relation="sister", answer="agreed", words=""),
    "privacy:taking_back": acts("correct", x="1"),
    "privacy:telling_close": gated("disclose", name="@close", told="All is well.", asked="no", best_interest="It is."),
    "privacy:standing_narrowing": kept("share", "it is their own", by="supervisor", information=["who"], ends=""),
    "privacy:letting_out": kept("share", "it is their own", by="supervisor", x="1"),
    "privacy:keeping": Policy(reads=("read", "erase"), at_home=True),
    "privacy:holding": gated(
        "keep_records", by="officer", not_done="a hold stands already", reason="A lawsuit; counsel asked for it."
    ),
    "privacy:lifting": kept("keep_records", by="officer", because="It was settled; counsel said so."),
    "privacy:proposing": gated("erase", by="supervisor", not_done="it has not come due", rests_on="due"),
    "privacy:deciding": kept("erase", by="supervisor", decision="keep", words="Somebody may ask.", again_on="@soon"),
    "privacy:erased": Policy(reads=("erase",)),
    "privacy:terms": kept("keep_records", by="officer", rule="record", years="9"),
    "privacy:flagging": gated("look_into", by="supervisor", news_on=""),
    "privacy:unflagging": pressed("look_into", by="supervisor"),
    "privacy:why": Policy(does=("read",), sends={"words": "I take over their case today."}),
    "privacy:look": kept("look_into", by="officer", outcome="explained", words="A colleague asked her to."),
    "privacy:incident_new": kept(
        "look_into", by="officer", title="Lost bag", happened="On the bus.", discovered_on="@yesterday"
    ),
    "privacy:incident": Policy(reads=("look_into",)),
    "privacy:assessing": kept("look_into", by="officer", nature="A name.", exception="", unlikely="", read="@judged"),
    "privacy:counting": kept("look_into", by="officer", state="OR", people="3"),
    "privacy:letter": kept("look_into", by="officer", happened="A letter went to another house.", read="@written"),
    "privacy:delay": kept("look_into", by="officer", until="@soon", way="said", words="They asked."),
    "privacy:telling": kept(
        "look_into", by="officer", whom="authority", told_on="@yesterday", how="By letter."
    ),
    "privacy:incident_closing": kept("look_into", "somebody has not been told", by="officer", words="We check twice."),
}  # fmt: skip
"""What the duty table asks on a case, what people ask about their records, and what got out."""


def on_a_copy(**sends: Any) -> Policy:
    """A button on an open copy: whoever holds none is shown the box for a code. It belongs to whoever holds it."""
    return Policy(reads=(), public=True, sends=sends or {"x": "1"}, holds="own")


OWN_COPY: dict[str, Policy] = {
    "portal:notes": door(one_time_code="00000-00000", second=""),
    "portal:out": on_a_copy(),
    "portal:call": on_a_copy(words="After five."),
    "portal:need_met": on_a_copy(),
    "portal:way": on_a_copy(safety="unsafe"),
    "portal:taking_back": on_a_copy(),
    "portal:form": Policy(reads=(), public=True, sends={"x": "1"}, holds="own"),
    "portal:form_back": Policy(reads=(), public=True, sends={"password": "x"}, holds="own"),
    "portal:site": door(letters="x", one_time_code="AAAAA"),
    "portal:site_answer": on_a_copy(who="Jo", answer="yes"),
    "portal:site_file": Policy(
        reads=(), public=True, keyed=True, holds="own", by_get="a browser saves what it is given by GET"
    ),
    "portal:site_room": on_a_copy(who="Jo", free="2"),
    "portal:site_links": Policy(
        does=("refer",), sends={"x": "1"}, holds="house", not_done="its receiver works with Breakwater"
    ),
    "portal:links_to_hand_off": Policy(
        does=("hand_off",), sends={"x": "1"}, holds="house", not_done="its receiver works with Breakwater"
    ),
    "portal:links_to_place": Policy(
        does=("place",), sends={"x": "1"}, holds="house", not_done="the place works with Breakwater"
    ),
    "portal:site_link_ending": acts("refer", x="1"),
    "portal:site_reply": acts("refer", reply="None."),
    "portal:our_room": door(letters="x", one_time_code="AAAAA", who="Jo"),
    "portal:our_room_told": on_a_copy(program="00000000-0000-7000-8000-000000000000", accepting="2"),
    "portal:our_room_out": on_a_copy(),
    "portal:room_links": Policy(reads=("beds",)),
    "portal:room_link": Policy(reads=("beds",), does=("beds",), sends={"x": "1"}),
    "portal:room_kinds": Policy(reads=("beds",), does=("beds",), sends={"kind": "meal"}),
    "portal:room_link_code": pressed("beds", by="manager"),
    "portal:room_link_key": Policy(reads=(), does=("beds",), sends={"which": "Bed desk"}, holds="house"),
    "portal:room_link_renewal": pressed("beds", by="manager"),
    "portal:room_link_ending": pressed("beds", by="manager"),
    "portal:room_device_ending": pressed("beds", by="manager"),
    "portal:giving": acts("work", language="es"),
    "portal:plan_giving": acts("plan", language="es"),
    "portal:own_copy": acts("plan", parts=["plan"], language="en", way="spoken", safe_device="on"),
    "portal:ending": acts("plan", x="1"),
    "portal:answer": acts("correct", answer="left"),
}
"""The helped person's own page, and where it is handed out. What is shown on it stands in ``test_own_copy.py``."""
