"""Why a notice is not sent, in words for whoever asked for it."""

WHY_NOT = {
    "no_rule": "Write down first what they agreed to for this number or address.",
    "ended": "This number or address is no longer theirs.",
    "not_safe": "This number or address is not marked as safe. Nothing is ever sent there.",
    "not_this_way": "They did not agree to be reached in this way here.",
    "no_words": "There are no words for this notice in their language.",
    "not_agreed": "Their agreement does not cover that day. Ask them again.",
    "too_late": "It would come too late to be of use. Call instead, where that is safe.",
    "no_channel": "This server has no way to send it. Whoever runs it can set one up.",
    "called_off": "It was called off.",
    "held": "Somebody else holds the device. It waits until it is back.",
    "gone": "The browser wants no more of them. It was taken off the list.",
    "seen": "Somebody has looked already.",
    "hours": "It waits for the hours in which they may be reached.",
    "unreachable": "Nothing takes it just now. It is tried again by itself. Call them if it cannot wait.",
    "rejected": "It was refused for good: check the number or address.",
    "gave_up": "Nothing took it for a whole day.",
    "not_delivered": "It did not arrive.",
}
"""By the code that a notice keeps."""
