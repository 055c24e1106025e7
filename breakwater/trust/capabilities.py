"""The closed list of what a role can be allowed, in words."""

from django.db.models import TextChoices

CAPABILITIES = {
    "cases.read": "See the cases of one's agency",
    "cases.take_in": "Take someone in: open a case",
    "cases.triage": "Set and change a triage code",
    "cases.work": "Add notes, contacts, barriers and dangers; meet gates; plan follow-up",
    "cases.assign": "Choose who is accountable for a case",
    "cases.close": "Close and reopen a case",
    "people.read": "See the people in one's circles of care",
    "people.correct": "Correct what is written about a person",
    "clocks.run": "Start, stop, pause and excuse clocks",
    "plans.work": "Make plans with the person: needs, goals, steps, safety plans",
    "assessments.keep": "Bring instruments, and say what one's agency may do with them",
    "duties.answer": "Answer what the duty table asks on a case",
    "duties.keep": "Write and review one's agency's duty table",
    "referrals.refer": "Send referrals and follow them up",
    "referrals.answer": "Answer referrals and hand-offs sent to one's agency",
    "referrals.place": "Place people in beds and record arrivals",
    "referrals.hand_off": "Hand a case over to another agency",
    "messaging.write": "Write messages on cases and letters",
    "messaging.notify": "Send notices to the people one helps",
    "attachments.release": "Let a file be opened that no scanner looked at",
    "resources.read": "Search the directory of help",
    "resources.import": "Import a directory package",
    "resources.beds": "Keep one's own beds and capacity true",
    "trust.administer": "Appoint and dismiss the people of one's agency",
    "trust.confirm_access": "Confirm who works here, and as what",
    "trust.suspend": "Suspend one's own agency at once",
    "trust.share": "Let another agency into a circle of care",
    "trust.consent": "Take, narrow and withdraw a person's consent",
    "trust.disclose": "Tell somebody outside in an emergency, and somebody close to the person",
    "trust.read_concerns": "Read what one's security team was told about threats",
    "trust.break_glass": "Open a record of another agency in an emergency",
    "trust.raise_segments": "Put a record, or a note in it, under the protection of a law",
    "trust.lower_segments": "Take a record, or a note in it, out of the protection of a law",
    "trust.review": "Read who saw what, and why",
    "trust.receive_requests": "Write down what a person asks about their record",
    "trust.answer_requests": "Answer what a person asks about their record",
    "trust.erase": "Propose and decide that a record is erased",
    "trust.keep_records": "Say how long records are kept, and put legal holds on them",
    "trust.look_into": "Look into incidents and odd looks; mark well-known people",
}


class Role(TextChoices):
    """What somebody is appointed as."""

    INTAKE_WORKER = "intake_worker", "Intake worker"
    RESPONDER = "responder", "Mobile responder"
    CASE_MANAGER = "case_manager", "Crisis case manager"
    SUPERVISOR = "supervisor", "Supervisor"
    PARTNER = "partner", "Partner worker"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    ADMINISTRATOR = "administrator", "Administrator"
    OWN = "own", "A role of the agency's own"
    SYSTEM = "system", "Breakwater itself"


READING = frozenset(
    {
        "cases.read",
        "people.read",
        "resources.read",
        "trust.review",
        "trust.break_glass",
        "trust.read_concerns",
    }
)
"""What may be done in a circle where one's agency only reads."""

TO_READ = {
    "who": "people.read",
    "care": "cases.read",
    "needs": "cases.read",
    "threat": "trust.read_concerns",
}
"""What a role must be allowed to read each kind of information about somebody."""

_READS = frozenset({"cases.read", "people.read", "resources.read"})
_WORKS = _READS | {
    "cases.take_in",
    "cases.triage",
    "cases.work",
    "cases.assign",
    "people.correct",
    "clocks.run",
    "plans.work",
    "duties.answer",
    "referrals.refer",
    "referrals.answer",
    "referrals.place",
    "referrals.hand_off",
    "messaging.write",
    "messaging.notify",
    "attachments.release",
    "resources.beds",
    "trust.consent",
    "trust.raise_segments",
    "trust.receive_requests",
    "trust.disclose",
    "trust.read_concerns",
}
_ANSWERS = {"trust.review", "trust.answer_requests", "trust.look_into", "trust.erase"}

CAPABILITIES_OF: dict[str, frozenset[str]] = {
    Role.INTAKE_WORKER: _WORKS - {"referrals.hand_off"},
    Role.RESPONDER: _WORKS | {"trust.break_glass"},
    Role.CASE_MANAGER: _WORKS | {"cases.close", "trust.break_glass"},
    Role.SUPERVISOR: _WORKS
    | _ANSWERS
    | {
        "cases.close",
        "trust.share",
        "trust.break_glass",
        "trust.confirm_access",
        "resources.import",
        "assessments.keep",
        "duties.keep",
    },
    Role.PARTNER: _READS
    | {
        "referrals.answer",
        "referrals.place",
        "messaging.write",
        "attachments.release",
        "resources.beds",
        "clocks.run",
        "trust.raise_segments",
    },
    Role.PRIVACY_OFFICER: _READS
    | _ANSWERS
    | {
        "trust.share",
        "trust.consent",
        "trust.raise_segments",
        "trust.lower_segments",
        "trust.receive_requests",
        "trust.keep_records",
        "trust.suspend",
        "duties.keep",
    },
    Role.ADMINISTRATOR: frozenset(
        {
            "resources.read",
            "resources.import",
            "resources.beds",
            "assessments.keep",
            "trust.administer",
            "trust.confirm_access",
            "trust.suspend",
            "duties.keep",
        }
    ),
    Role.OWN: frozenset(),
    Role.SYSTEM: frozenset(CAPABILITIES),
}

BUILT_IN = tuple(role for role in Role if role not in (Role.OWN, Role.SYSTEM))
"""The roles that every agency has. Nobody can change them."""
