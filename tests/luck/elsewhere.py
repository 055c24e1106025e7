"""Forms with free text or a date that tests/luck/forms.py does not fill in, each with the reason."""

_SECRET = "a secret or a code, which is compared and not kept as it was typed"
_PLACE = "answered by the place that was asked, and the world of these tests has those who asked; see test_house.py"
_LETTER = "its words are woven into a text that is shown first, and no column holds them alone"

NOT_KEPT = {
    "HouseholdForm": "a name to look by, and a part of which the blanks at the ends are not kept",
    "SignInForm": "who signs in is looked up, not kept",
    "MatchForm": "a question",
    "FindForm": "a question",
    "RoomLookForm": "a question",
    "ListingForm": "a question",
    "resources.ReportForm": "a file, and who tells it; resources/tests/test_report_page.py",
    "ClaimForm": "a listing is claimed once; test_our_house.py types what breaks programs",
    "BedsForm": "a name to a line, of which blanks at the ends are not kept; BedForm takes each of them",
    "PatternForm": "the pattern page saves nothing",
    "ManagementForm": "Django's own",
    "ToForm": "part of others",
    "SharingForm": "part of others",
    "EmergencyForm": "it opens another agency's record; its own test types a reason that breaks programs",
    **dict.fromkeys(("SecondForm", "AuthenticatorForm", "GivenCodeForm", "WordForm", "CodeForm"), _SECRET),
    "NewPasskeyForm": "it comes with what a device signed",
    "trust.NameForm": "the name of a passkey of one's own, of which the blanks at the ends are not kept",
    "CountForm": "two letters of a state, and a number",
    "SuspensionForm": "it asks for a password again, and stops the agency whose pages are looked at next",
    **dict.fromkeys(("ConcernForm", "TellingForm"), _LETTER),
    **dict.fromkeys(("NoForm", "QuestionForm"), _PLACE),
    "WaitForm": "its words go with what is shown first; test_waiting_pages.py types what breaks programs",
    "AlongForm": "this world has one ride, on which they are; its words are kept as those of a ride that is asked for",
    **dict.fromkeys(
        ("LanguageForm", "GivingForm", "PlanGivingForm", "ExportForm"), "a code, a role, a recipient: their own tests"
    ),
    "SigningForm": "typed by the helped person on a held device; see portal/tests/test_held.py",
    "CallForm": "typed by the helped person, who is nobody in this world; see portal/tests/test_own_copy.py",
    **dict.fromkeys(
        ("LinkForm", "SiteForm", "SiteAskForm", "SiteRoomForm", "SiteHandoffForm"),
        "typed by a site without accounts, nobody in this world; portal/tests/test_site_link.py, test_site_packet.py",
    ),
    **dict.fromkeys(
        ("OutsideForm", "OutsideNoForm"),
        "what a place without accounts said by phone, and none is asked here; portal/tests/test_site_asked.py",
    ),
    **dict.fromkeys(
        ("RoomDoorForm", "RoomToldForm"),
        "typed at a place without accounts, which is nobody in this world; see portal/tests/test_room_link.py",
    ),
    "DeviceForm": "filled in by a browser, and sealed; messaging/tests/test_push.py types what breaks programs",
    "RoomKindForm": "one of a list",
    "RoomKeyForm": "answered by a key that is shown once; portal/tests/test_room_key.py types what breaks programs",
    "SafetyForm": "typed by the helped person, and one of a list",
    "SafeWordForm": "a word that is kept as a hash; people/tests/test_callers.py types what breaks programs",
    "CallerForm": "what a caller says is compared and never kept; the same",
    "HandingForm": "a word that is kept as a hash, and what gives whoever speaks for them the right; test_offering.py",
    "WishForm": "its words go to places that are chosen beside it; test_house.py types what breaks programs",
    "NoticeForm": "a notice has no words of anybody's; messaging/tests/test_pages.py tries a moment that is none",
    "RuleForm": "times of day, a zone and a language; its day is tried in test_wrong_dates.py",
    "CriteriaForm": "languages are kept by the names that the directory has for them",
}  # fmt: skip


def is_elsewhere(form: type) -> bool:
    """Whether a form is named here, by its name, or by its app and its name where two are called the same."""
    return form.__name__ in NOT_KEPT or f"{form.__module__.split('.')[1]}.{form.__name__}" in NOT_KEPT
