"""What each surface asks of whoever comes, and a sample of what is sent there: one line for each.

A new address, command, job or reaction is red until it has its line here. Take ``reads`` for a page, ``acts`` for a
form: what the role must be allowed, then the fields as somebody would fill them in. ``@name`` stands for an id of the
world (``world.World.ids``), so ``worker="@colleague"`` chooses a colleague.
"""

from tests.matrix.policies import Policy, acts, answers, asked, gated, reads
from tests.matrix.surfaces_within import DESK, HOUSE, OUR_PLACES, OWN_COPY

HOLDS = {
    "case_id": "care", "gate_id": "care", "note_id": "care", "barrier_id": "care", "assignment_id": "care",
    "clock_id": "care", "attempt_id": "care",
    "follow_up_id": "care", "person_id": "who", "name_id": "who", "contact_point_id": "who", "supporter_id": "who",
    "membership_id": "who", "consent_id": "consent", "grant_id": "house",
    "need_id": "needs", "step_id": "needs", "part_id": "needs", "referral_id": "letter",
    "goal_id": "needs", "safeguard_id": "care", "lesson_id": "care",
    "screening_id": "needs", "application_id": "needs", "paper_id": "needs",
    "assessment_id": "care", "alert_id": "care",
    "handoff_id": "letter", "placement_id": "stay", "glass_id": "glass", "service_id": "", "circumstance_id": "care",
    "prompt_id": "house", "involvement_id": "who", "emergency_id": "emergency", "concern_id": "concern",
    "request_id": "request", "flag_id": "house", "look_id": "look", "incident_id": "house", "duty_id": "house",
    "legal_hold_id": "house", "erasure_id": "house",
    "appointment_id": "house", "unit_id": "house", "role_id": "house", "review_id": "house", "reset_id": "house",
    "passkey_id": "own", "copy_id": "care", "own_act_id": "care", "site_link_id": "needs", "site_question_id": "needs",
    "site_file_id": "needs",
    "round_id": "needs", "ask_id": "letter", "question_id": "letter", "program_id": "listing",
    "own_place_id": "premises", "own_bed_id": "premises", "claim_id": "premises", "organization_id": "",
    "place_id": "", "room_link_id": "house", "room_device_id": "house", "way_id": "own", "draft_id": "house",
    "wait_id": "letter", "hold_id": "letter", "ride_id": "letter", "passenger_id": "letter",
    "thread_id": "letter", "message_id": "message", "notice_id": "house", "sent_id": "house",
    "attachment_id": "message",
}  # fmt: skip
"""Which kind of information the thing is that an id in an address belongs to."""


_OF_A_PLACE_WITH_ACCOUNTS = Policy(
    does=("place",), sends={"who": "Jo", "reason": "full"}, holds="house", not_done="they answer themselves"
)
_TAKE_IN = {"what_is_happening": "Nowhere to sleep.", "asked_by": "self", "owner": "me"}
_AGREED = {
    "what": "That I asked for help", "information": ["who"], "purpose": "TREAT", "signer": "self",
    "signed_by": "R. M.", "explained": "on", "hurt_them": "no", "ends": "@soon",
}  # fmt: skip

POLICIES: dict[str, Policy] = {
    "desk:now": Policy(sent_on=True),
    "desk:case": reads(),
    "desk:person": reads(),
    "desk:caseloads": reads("read", "assign"),
    "desk:search": reads(q="zq"),
    "trust:sign_in": Policy(reads=(), public=True, sends={"username": "nobody-here", "password": "x"}),
    "trust:sign_out": Policy(reads=(), sends={"x": "1"}),
    "trust:draft": Policy(reads=(), sends={"words": "as it is typed"}),
    "ui:patterns": Policy(reads=()),
    "ui:keys": Policy(reads=()),
    "simulation:comparison": Policy(reads=("directory",), holds="directory"),
    "cases:intake": Policy(reads=("take_in",), does=("take_in",), sends=_TAKE_IN),
    "cases:promises": reads("take_in"),
    "cases:taking_over": Policy(
        reads=("take_in", "assign"), does=("take_in", "assign"), sends={"x": "1"}, holds="house"
    ),
    "cases:triage": acts("work", code="C", reasons="Calmer now."),
    "cases:danger": acts("work", to="self", level="likely", words="Spoke of it."),
    "cases:circumstance": acts("work", kind="child_in_home", words="Two of them."),
    "cases:circumstance_ending": acts("work", x="1"),
    "cases:gate": acts("work", safe_tonight="Seen there."),
    "cases:loss": acts("work", because="The landlord came."),
    "cases:note": acts("work", kind="note", words="Called."),
    "cases:amendment": acts("work", words="Called twice.", reason="Counted anew.", version="2"),
    "cases:note_not_reached": Policy(
        does=("work",), sends={"reason": "The wrong case."}, not_done="it does not say that they were reached"
    ),
    "cases:attempt_not_reached": acts("work", reason="The wrong box."),
    "cases:pausing": acts("work", reason="@pause"),
    "cases:resuming": Policy(does=("work",), sends={"x": "1"}, not_done="it does not stand still"),
    "cases:barrier": acts("work", words="No papers."),
    "cases:removal": acts("work", how="The letter came."),
    "cases:owner": acts("work", worker="@colleague"),
    "cases:taking": Policy(does=("work",), sends={"x": "1"}, not_done="the case has an owner"),
    "cases:release": acts("work", unit=""),
    "cases:team": acts("work", worker="@helper"),
    "cases:leaving": acts("work", x="1"),
    "cases:attempt": acts("work", outcome="no_answer", words="No answer."),
    "cases:next_contact": acts("work", when="tomorrow_morning"),
    "cases:closure": Policy(
        does=("close",), sends={"outcome": "declined", "words": "No more."}, not_done="letters are unanswered"
    ),
    "cases:reopening": Policy(
        does=("close",), sends={"because": "They came back."}, not_done="the case is open"
    ),
    "cases:chronology": reads(),
    "cases:record": reads(),
    "cases:record_pdf": reads(),
    "cases:matches": reads(known_as="zq", phone="", birth_date=""),
    "people:who": acts("correct", known_as="Mari", birth_date_is="exact", version="@version"),
    "people:contact_point": acts("correct", kind="phone", value="(555) 010-2021", safety="safe"),
    "people:supporter": acts("correct", name="Ana", relation="sister"),
    "people:name": acts("correct", kind="nickname", text="Mari"),
    "people:safe_word": acts("correct", word="zq heron lamp", known_by="in_person"),
    "people:safe_word_code": acts("correct", x="1"),
    "people:safe_word_ending": acts("correct", x="1"),
    "people:caller": reads(word="zq heron"),
    "people:household": Policy(
        does=("correct",), sends={"name": "Mari", "part": "adult", "with_person": "@person_alone"},
        not_done="they belong to one already",
    ),
    "people:name_ending": acts("correct", x="1"),
    "people:contact_point_safety": acts("correct", safety="unsafe"),
    "people:contact_point_ending": acts("correct", x="1"),
    "people:supporter_ending": acts("correct", x="1"),
    "people:leaving": acts("correct", x="1"),
    "resources:find_help": reads("directory", words="zq"),
    "resources:service": reads("directory"),
    "resources:room": Policy(
        reads=("beds",), does=("beds",), sends={"free": "2", "unit": "beds", "told_by": "We"}
    ),
    "resources:count": Policy(
        reads=("beds",), does=("beds",), sends={"accepting": "1", "licensed": "4"}, by="receiver"
    ),
    "resources:program": Policy(
        reads=("beds",), does=("beds",), sends={"minimum_age": "18", "pets": "no"}, by="receiver"
    ),
    "resources:still_so": Policy(reads=("beds",), does=("beds",), sends={"x": "1"}, by="receiver"),
    "resources:ending": Policy(
        reads=("beds",), does=("beds",), sends={"x": "1"}, by="receiver", not_done="there are beds of it"
    ),
    **OUR_PLACES,
    "plans:plan": reads(),
    "plans:plan_pdf": reads(),
    "plans:need": acts("plan", domain="housing", words="A room."),
    "plans:step": acts("plan", words="Call.", owner="worker", worker="@me", when="tomorrow"),
    "plans:need_ending": acts("plan", how="met"),
    "plans:link": acts("plan", effect="@unlinked_need"),
    "plans:unlinking": acts("plan", effect="@linked_need"),
    "plans:completion": acts("plan", outcome="Done."),
    "plans:new_time": acts("plan", when="in_3_days"),
    "plans:dropping": acts("plan", reason="Not needed."),
    "plans:goal": acts("plan", words="A door that locks.", domain="housing"),
    "plans:goal_ending": acts("plan", how="reached"),
    "plans:agreement": Policy(
        does=("plan",), sends={"how": "aloud", "why_not": "By phone."},
        not_done="they are shown the plan before they answer",
    ),
    "plans:sufficiency": reads(),
    "plans:sufficiency_reading": acts("plan", moment="interval", housing="2"),
    "plans:safety_plan": reads(),
    "plans:safety_plan_writing": acts("plan", version="1", own_coping="A bath."),
    "plans:safety_plan_paper": reads(),
    "plans:safety_plan_pdf": reads(),
    "plans:copy": acts("plan", how="read"),
    "plans:family": reads(),
    "plans:family_choice": acts("plan", read="@family", **{"hurt-1": "no", "parts-1": ["action.goals"]}),
    "plans:family_telling": Policy(
        does=("plan",), sends={"member": "@membership", "parts": ["action.goals"], "how": "read"},
        not_done="nobody may see anything until the person chose",
    ),
    "plans:safeguard": acts("plan", means="sharps", words="Locked.", who="They", when="tomorrow"),
    "plans:safeguard_ending": acts("plan", how="locked", known_from="Seen."),
    "plans:lesson": acts("plan", kind="trigger", words="Sirens."),
    "plans:lesson_again": acts("plan", effect="8"),
    "benefits:calendar": reads(),
    "benefits:losses": reads(),
    "benefits:screening": acts("plan", size="2", income="100", children="yes", settled="no"),
    "benefits:screened": reads(),
    "benefits:beginning": acts("plan", program="medicaid"),
    "benefits:application": reads(),
    "benefits:paper_files": Policy(does=("plan",), sends={"x": "1"}, not_done="no file was chosen"),
    "benefits:papers": acts("plan", usual=["income"], other="A letter."),
    "benefits:paper_seen_to": acts("plan", how="got"),
    "benefits:submission": acts("plan", how="mail", hand="person", submitted_at="@lately", confirmation="Q-77"),
    "benefits:interview": acts("plan", interview_at="@tomorrow"),
    "benefits:interview_over": acts("plan", kept="yes"),
    "benefits:notice": acts("plan", kind="asks", dated="@today", words="Send the lease."),
    "benefits:last_day": Policy(
        does=("plan",), sends={"last_day": "@soon"}, not_done="nothing was refused that could be appealed"
    ),
    "benefits:appeal": Policy(does=("plan",), sends={"x": "1"}, not_done="nothing was refused"),
    "benefits:renewal": Policy(does=("plan",), sends={"x": "1"}, not_done="nothing is approved yet"),
    "benefits:address": Policy(does=("plan",), sends={"still_right": "yes"}, not_done="nothing is approved yet"),
    "benefits:ending": acts("plan", how="given_up", outcome="Not now."),
    "assessments:choice": acts("work", instrument="phq-2", mode="interview"),
    "assessments:question": acts("work", item="self", **{"item-self": "plan"}),
    "assessments:sheet": acts("work", **{"item-self": "plan"}),
    "assessments:completion": acts("work", **{"item-self": "plan"}),
    "assessments:stopping": acts("work", x="1"),
    "assessments:one": acts("work", item="head", **{"item-head": "clear"}),
    "assessments:language": acts("work", language="es", interpreter="By phone, 4471", read="@spoken"),
    "assessments:export": gated(
        "disclose", not_done="it is still being asked", name="Dr. Cole", kind="care", purpose="TREAT"
    ),
    "assessments:result": reads(),
    "assessments:amendment": Policy(
        does=("work",), sends={"item-self": "no", "reason": "Misheard."}, not_done="it is still being asked"
    ),
    "assessments:override": Policy(
        does=("work",), sends={"tier": "high", "reason": "Calm, too calm."}, not_done="it is still being asked"
    ),
    "assessments:decision": Policy(
        does=("work",), sends={"proposal": "triage", "taken": "yes"}, not_done="it is still being asked"
    ),
    "assessments:hearing": acts("work", did="Stayed with them."),
    "messaging:inbox": reads(),
    "messaging:case": acts("write", words="Can you see them at four?"),
    "messaging:thread": answers("write", "write", words="They are on their way."),
    "messaging:amendment": acts("write", words="At five.", reason="Late bus.", version="1"),
    "attachments:attachment": reads(),
    "attachments:content": reads(),
    "attachments:release": Policy(
        does=("release",), sends={"x": "1"}, not_done="whoever sent a file does not release it"
    ),
    "messaging:seen": acts("read", x="1"),
    "messaging:notice": acts("notify", kind="call", to="@phone"),
    "messaging:calling_off": acts("notify", x="1"),
    "messaging:rule": acts("notify", opens="09:00", closes="20:00", time_zone="America/New_York", language="en"),
    "messaging:device": Policy(
        reads=(), does=("own",), sends={"endpoint": "https://a.example", "quiet_from": "20:00", "quiet_until": "08:00"},
        not_done="no browser says how it is reached",
    ),
    "messaging:device_ending": Policy(reads=(), does=("own",), sends={"x": "1"}, by="colleague"),
    "messaging:ways": Policy(
        reads=(), does=("own",),
        sends={"channel": "email", "value": "d@post.example", "quiet_from": "20:00", "quiet_until": "08:00"},
    ),
    "referrals:letters": reads(),
    "referrals:outbox": reads(),
    "referrals:beds": reads(),
    "referrals:referral": acts(
        "refer", agency="@receiving", need="housing", words="A room?", name_told="no"
    ),
    "referrals:letter": reads(),
    "referrals:thread": answers("write", "write", x="1"),
    "referrals:acknowledgement": answers("refer", "answer", source="Jo, by phone"),
    "referrals:acceptance": answers("refer", "answer", source="Jo, by phone"),
    "referrals:refusal": answers("refer", "answer", source="Jo, by phone", reason="no_capacity"),
    "referrals:beginning": answers("refer", "answer", source="Jo, by phone", not_done="nobody has accepted"),
    "referrals:on_hold": answers(
        "refer", "answer", source="Jo, by phone", words="Until Monday.", not_done="nobody has accepted"
    ),
    "referrals:need_met": answers("refer", "answer", told_by="person", not_done="nobody has begun to help"),
    "referrals:need_not_met": answers("refer", "answer", source="Jo", reason="no_contact"),
    "referrals:withdrawal": acts("refer", words="They found a room."),
    "referrals:placement": Policy(
        does=("place",), sends={"bed": "@free_bed", "name_told": "no"}, not_done="they have a bed"
    ),
    "referrals:arrival": answers("place", "place", x="1"),
    "referrals:departure": answers("place", "place", words="", x="1", not_done="nobody has arrived"),
    "referrals:absence": answers("place", "place", words="", x="1"),
    "referrals:stay_refusal": asked(reason="full"),
    "referrals:cancellation": answers("place", "place", words="Not needed."),
    "referrals:moving": Policy(does=("place",), sends={"bed": "@free_bed"}, holds="needs"),
    "referrals:room": reads("directory", near="62701", within="25"),
    "referrals:figure": Policy(reads=("directory",), holds="directory"),
    "referrals:asking": Policy(
        does=("place",), not_done="they have a bed",
        sends={"kind": "shelter_adult", "words": "One person.", "programs": "@program", "ask": "1"},
    ),
    "referrals:round": reads(),
    "referrals:calling_off": acts("place", x="1"),
    "referrals:taking_up": Policy(does=("place",), sends={"name_told": "no"}, not_done="nobody has said yes"),
    "referrals:giving_back": Policy(does=("place",), sends={"words": "No."}, not_done="nobody has said yes"),
    "referrals:reply": acts("place", words="One flight."),
    "referrals:house": reads(),
    "referrals:ask": reads(),
    "referrals:ask_acceptance": asked(bed="@asked_bed"),
    "referrals:ask_refusal": asked(reason="full"),
    "referrals:ask_question": asked(words="Stairs?", not_done="their last question has no reply"),
    "referrals:taking_back": asked(words="The pipe burst.", not_done="nobody has said yes"),
    "referrals:their_yes": _OF_A_PLACE_WITH_ACCOUNTS,
    "referrals:their_no": _OF_A_PLACE_WITH_ACCOUNTS,
    "referrals:waiting": acts("place", program="@program", words="Sleeps light.", join="1"),
    "referrals:wait": reads(),
    "referrals:still_wanted": acts("place", x="1"),
    "referrals:list_leaving": acts("place", reason="not_wanted"),
    "referrals:skip": asked(reason="no_answer"),
    "referrals:list_removal": asked(reason="criteria"),
    "referrals:offer_taking": acts("place", name_told="no"),
    "referrals:offer_refusal": acts("place", reason="not_tonight"),
    "referrals:offer_taking_back": asked(words="The pipe burst."),
    "referrals:waitlist": reads(),
    "referrals:offering": Policy(does=("answer",), sends={"x": "1"}, by="receiver", not_done="nothing is free"),
    "referrals:reopening": Policy(
        does=("answer",), sends={"bed": "@asked_bed"}, by="receiver", not_done="the bed is in use"
    ),
    "referrals:list_rule": Policy(
        does=("beds",), sends={"first_1": "fleeing", "offer_minutes": "30", "is_open": "on"}, by="receiver"
    ),
    "referrals:rides": reads(),
    "referrals:my_rides": reads(),
    "referrals:ride_asking": acts(
        "place", starts_at="@tomorrow", origin="The library", destination="The clinic", driving="own", minutes="60",
        seats="1", name_told="no",
    ),
    "referrals:riding_along": Policy(
        does=("place",), sends={"ride": "@ride", "seats": "1", "name_told": "no"}, not_done="they ride there already"
    ),
    "referrals:ride": reads(),
    "referrals:ride_driver": Policy(
        does=("not theirs",), far=("place",), by="receiver", sends={"driver": "@driver"}
    ),
    "referrals:ride_pick_up": answers("place", "place", x="1"),
    "referrals:ride_arrival": answers("place", "place", x="1", not_done="nobody was picked up"),
    "referrals:ride_failure": answers("place", "place", reason="no_driver"),
    "referrals:ride_calling_off": acts("place", words="Not needed."),
    "referrals:ride_leaving": acts("place", x="1"),
    "referrals:handoff": Policy(
        does=("hand_off",), sends={"agency": "@receiving", "sections": ["who"], "message": "Please."},
        not_done="it is offered already",
    ),
    "referrals:packet": reads(),
    "referrals:packet_pdf": reads(),
    "referrals:handoff_acceptance": answers("hand_off", "answer", source="Jo, by phone"),
    "referrals:handoff_refusal": answers("hand_off", "answer", source="Jo, by phone", words="Full."),
    "referrals:first_contact": answers("hand_off", "answer", told_by="person", source="They", not_done="not accepted"),
    "referrals:meeting": answers("hand_off", "answer", kind="call", outcome="spoke", receiver="Jo", sender="Ada"),
    "referrals:handoff_withdrawal": acts("hand_off", words="We keep it."),
    "referrals:taking_over": Policy(
        reads=("read", "take_in"), does=("not theirs",), far=("take_in",), sends=_TAKE_IN, by="receiver",
        not_done="nobody has accepted",
    ),
    "privacy:desk": reads("review"),
    "privacy:emergency": Policy(
        reads=("glass",), does=("glass",), not_done="opens nothing by one fact",
        sends={"reason": "life_threat", "words": "Unconscious at the bus stop.", "minutes": "60", "password": "x"},
    ),
    "privacy:opened": reads("glass"),
    "privacy:review": Policy(
        reads=("read", "review"), does=("review",), sends={"outcome": "appropriate"}, by="supervisor"
    ),
    "privacy:closing": Policy(does=("opened_it",), sends={"x": "1"}, not_done="only whoever opened it"),
    "privacy:agreed": reads(),
    "privacy:consent": gated(
        "consent", agency="@receiving", way="told", agreement="general", segments=[], **_AGREED
    ),
    "privacy:seen": reads("read", "review"),
    "privacy:protection": acts("protect", segments=["psychotherapy-notes"]),
    "privacy:part_protection": acts("protect", segments=["psychotherapy-notes"]),
    "privacy:part_lowering": gated(
        "lower", segment="vsp", reason="Wrong box.", not_done="nothing protects the plain need"
    ),
    "privacy:fact_protection": acts("protect", fact="strengths", segments=["psychotherapy-notes"]),
    "privacy:lowering": gated(
        "lower", segment="vsp", reason="Wrong box.", not_done="nothing protects the plain record"
    ),
    "privacy:paper_pdf": reads(),
    "privacy:paper": reads(),
    "privacy:narrowing": gated("consent", segments=[], **_AGREED),
    "privacy:withdrawal": acts("consent", words="She called."),
    "privacy:circle": reads(),
    "privacy:letting_in": gated(
        "share", by="supervisor", agency="@receiving", purpose="HOUSING", information=["who"], ends="", what="A room."
    ),
    "privacy:leaving": Policy(
        does=("share",), sends={"x": "1"}, by="supervisor", by_guests=True, not_done="it is their own record"
    ),
    **HOUSE,
    **DESK,
    **OWN_COPY,
}  # fmt: skip
"""Every address by its name."""

OPEN_TO_ALL = {
    **dict.fromkeys(
        (
            "interop:about",
            "interop:services",
            "interop:service",
            "interop:organizations",
            "interop:organization",
            "interop:terms",
            "interop:term",
            "interop:taxonomies",
            "interop:taxonomy",
            "interop:given_list",
            "interop:given",
        ),
        "the directory, the same bytes for everybody; what it leaves out is tried in interop/tests/test_hsds.py",
    ),
    "portal:figures": "a program with a key tells the room of one place here; what it reads is in test_room_key.py",
    "messaging:gateway": "a machine says here what became of a text message, and proves itself by a secret; no page",
    "robots": "asks search engines to stay away; the same bytes for everybody, and a program reads it",
    "security_contact": "whom to write to about a weakness; the same bytes for everybody, and a program reads it",
}
"""Addresses that hold nothing about anybody and ask nobody who they are, each with the reason."""

COMMANDS: dict[str, str] = {
    "agency": "at the machine, by whoever keeps it; prints names of agencies",
    "anchor": "at the machine, by whoever keeps it; writes down heads of journals, no words",
    "capacity": "at the machine, by whoever keeps it; figures of room hold nothing about anyone",
    "compare": "prints what a simulation came to; asks no database",
    "directory_export": "at the machine, by whoever keeps it; what it leaves out: interop/tests/test_hsds.py",
    "directory_import": "at the machine, by whoever keeps it; the directory holds nothing about anyone",
    "instruments": "at the machine, by whoever keeps it; exports as a role and the law let: test_exporting.py",
    "keys": "at the machine, by whoever keeps it; prints numbers of keys, and no key",
    "migrate": "makes tables, as their owner; reads no record",
    "reactions": "prints who hears what; reads no record",
    "seed": "fills an empty database with people who do not exist",
    "single_sign_on": "at the machine, by whoever keeps it; no record is read",
    "sign_ins": "prints the sign-ins of the demo county",
    "sources": "prints where the numbers come from; reads no record",
    "words": "reads our own text and writes catalogs of it; reads no record",
    "verify": "at the machine, by whoever keeps it; prints agencies and row numbers, no words",
    "work": "does what is queued, each piece as the system acting for one agency",
}
"""Who may run each management command, and why nothing about a person comes out of it."""

JOBS: dict[str, str] = {
    "cases.bring_home": "no agency's: a function that has cases go to whose record it is",
    "clocks.announce": "Breakwater acting for one agency after another",
    "messaging.go_on": "Breakwater acting for one agency after another",
    "messaging.refused": "Breakwater acting for each agency whose numbers have no token",
    "messaging.send": "Breakwater acting for the agency whose notice it is",
    "messaging.send_due": "Breakwater acting for one agency after another",
    "people.forget_words": "no agency's: a function that only deletes words of names that nobody has",
    "people.find_by_description": "Breakwater acting for one agency after another",
    "referrals.let_go": "Breakwater acting for one agency after another",
    "referrals.offer_on": "Breakwater acting for one agency after another",
    "portal.ask_places": "Breakwater acting for one agency after another",
    "resources.ask_for_figures": "Breakwater acting for one agency after another",
    "privacy.go_through": "Breakwater acting for one agency after another",
    "privacy.destroy_keys": "Breakwater acting for one agency after another",
    "privacy.look_through": "Breakwater acting for one agency after another",
    "trust.upkeep": "nobody's: it looks at folders and clocks, and logs what is missing",
    "trust.anchor": "no agency's: heads of seals, which are keyed hashes",
    "trust.forget_receipts": "no agency's: a function that only deletes by age",
    "trust.forget_sessions": "no agency's: sessions that have ended",
    "trust.review_access": "Breakwater acting for one agency after another",
    "trust.react": "Breakwater acting for the agency that hears",
    "trust.seal": "Breakwater acting for one agency after another",
}
"""Whose eyes each queued piece of work looks with."""

REACTIONS: dict[str, str] = {
    "cases.empty_its_queue": "the agency whose unit was closed",
    "cases.hold_what_they_held": "the agency whose worker left",
    "cases.take_back_that_they_are_reached": "the agency that learned of it",
    "clocks.a_request_was_answered": "the agency that was asked",
    "clocks.ask_somebody_to_look": "the agency that told medical staff",
    "clocks.somebody_looked": "the agency that told medical staff",
    "clocks.watch_a_request": "the agency that was asked",
    "duties.ask_about_a_circumstance": "the agency that learned of it",
    "duties.ask_about_an_age_that_was_learned": "the agency that learned of it",
    "duties.ask_about_an_alarming_answer": "the agency that asked",
    "duties.ask_about_a_danger": "the agency that learned of it",
    "duties.ask_anew_at_home": "the agency whose record it is",
    "clocks.ask_for_a_review": "the agency whose record was opened in an emergency",
    "clocks.it_was_reviewed": "the agency whose record it was",
    "clocks.let_a_consent_go": "the agency that took the consent",
    "clocks.watch_a_consent": "the agency that took the consent",
    "messaging.carry_a_letter_over": "the agency that sent the letter",
    "messaging.tell_of_a_letter": "the agency that the letter went to",
    "messaging.tell_of_a_listing": "each agency that claims or holds the listing",
    "messaging.tell_of_a_message": "each agency that reads the message",
    "messaging.tell_of_a_clock": "the agency whose clock it is",
    "messaging.tell_of_somebody_left_in_danger": "the agency whose case ended",
    "messaging.tell_who_sent_it": "the agency whose notice it is",
    "referrals.a_bed_is_asked_for": "the agency that keeps the bed",
    "referrals.nobody_asks_any_more": "the agency that keeps the bed",
    "referrals.somebody_is_expected": "the agency that keeps the bed",
    "referrals.tell_that_the_bed_is_gone": "the agency that placed them",
    "referrals.tell_who_drives_there": "the agency that placed them",
    "referrals.the_bed_is_gone": "the agency that drives",
    "referrals.call_the_others_off": "the agency that asked for a bed",
    "referrals.owe_a_reply": "the agency that asked for a bed",
    "referrals.follow_the_offer": "the agency at the other end of an offer",
    "referrals.follow_the_ride": "the agency at the other end of a ride",
    "referrals.it_is_their_turn": "the agency that sent somebody to wait",
    "referrals.offer_what_is_free": "the house whose list it is",
    "referrals.they_were_passed_over": "the agency that sent somebody to wait",
    "referrals.they_were_taken_off": "the agency that sent somebody to wait",
    "referrals.follow_the_withdrawal": "the agency that asked for a bed",
    "referrals.confirm_the_first_contact": "the agency that sent the hand-off",
    "referrals.confirm_the_first_contact_by_follow_up": "the agency that sent the hand-off",
    "portal.tell_of_a_site": "the agency that sent the letter",
    "referrals.enter_the_meeting": "the agency that sent the hand-off",
    "referrals.tell_that_they_left": "the agency whose record it is",
    "referrals.follow_the_hand_off": "the agency that sent it",
    "referrals.follow_the_host": "the agency that placed them",
    "referrals.follow_the_referral": "the agency that sent it",
}
"""Whose eyes each reaction looks with: the agency that hears the news, never the one that told it."""
