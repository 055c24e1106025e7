"""What may be announced of signing in."""

from uuid import UUID

from breakwater.kernel.events import Event


class SignedIn(Event):
    """Somebody signed in."""


class SignedOut(Event):
    """Somebody signed out."""


class FactorAdded(Event):
    """Somebody added a way to prove themselves."""

    kind: str


class FactorRemoved(Event):
    """Somebody removed a way to prove themselves."""

    kind: str


class RecoveryCodesMade(Event):
    """Somebody made new recovery codes."""


class RecoveryCodeUsed(Event):
    """Somebody proved themselves with a recovery code."""


class PasswordChanged(Event):
    """Somebody chose a new password."""


class DeviceMarked(Event):
    """Somebody said that the device before them goes along, or that it no longer does."""

    goes_along: bool


class SessionsEnded(Event):
    """Somebody ended sessions of their own."""


class SignedOutByAnother(Event):
    """An administrator ended every session of somebody who works here."""

    sessions: int


class ResetStarted(Event):
    """An administrator lets somebody choose a new password."""

    reset_id: UUID
    takes_factors: bool


class ResetApproved(Event):
    """A second person agreed to a reset."""

    reset_id: UUID


class ResetUsed(Event):
    """Somebody chose a new password by a reset."""

    reset_id: UUID
