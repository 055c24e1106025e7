from typing import Any

from django import forms

from breakwater.kernel.text import Filled, Ours
from breakwater.trust.access import Actor
from breakwater.trust.factors import Factors
from breakwater.trust.models import Appointment
from breakwater.ui.fields import Line, choice
from breakwater.ui.words.catalogs import READ_IN

_LONGEST_ANSWER = 20_000


def secret(label: str) -> forms.CharField:
    """A password, whole and as it was typed."""
    return forms.CharField(label=label, max_length=1000, strip=False, widget=forms.PasswordInput)


def _hidden(**options: Any) -> forms.CharField:
    return forms.CharField(
        required=False, max_length=_LONGEST_ANSWER, strip=False, widget=forms.HiddenInput, **options
    )


class SignInForm(forms.Form):
    """A name and a password."""

    username = forms.CharField(label="Sign-in name", max_length=150, strip=True)
    password = secret("Password")


class SecondForm(forms.Form):
    """A code from an app, or a recovery code."""

    one_time_code = Line(
        label="Code", max_length=60, help_text="Six digits from your app, or one of your recovery codes."
    )


class PasskeyForm(forms.Form):
    """What a passkey signed, and what it was asked."""

    passkey = _hidden()
    step = _hidden()


class NewPasskeyForm(PasskeyForm):
    """A passkey that was made, and what its owner calls it."""

    name = Line(label="What do you call it?", max_length=80, help_text="“My phone”, “The key on my ring”.")


class NameForm(forms.Form):
    """Another name for a passkey."""

    name = Line(label="Name", max_length=80, required=False)


class LanguageForm(forms.Form):
    """In which language somebody reads."""

    language = forms.ChoiceField(
        label="Read these pages in",
        required=False,
        choices=[("", "The language of your agency"), *READ_IN.items()],
        help_text="For you alone, wherever you sign in. What others wrote stays as they wrote it.",
    )


class AuthenticatorForm(forms.Form):
    """The first code of an app, and the secret it was given."""

    one_time_code = Line(label="The code that the app shows now", max_length=20)
    sealed = _hidden()


class PasswordForm(forms.Form):
    """A new password."""

    new_password = secret("New password")
    new_password_again = secret("The new password once more")

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("new_password") != said.get("new_password_again"):
            self.add_error("new_password_again", "This is not the same as above.")
        return said


class GivenCodeForm(PasswordForm):
    """A password, by the code that an administrator handed over."""

    username = forms.CharField(label="Sign-in name", max_length=150, strip=True)
    one_time_code = Line(label="The code you were given", max_length=60)

    field_order = ("username", "one_time_code", "new_password", "new_password_again")


class StartResetForm(forms.Form):
    """Who chooses a new password, and what they lost."""

    who = forms.ModelChoiceField(
        queryset=Appointment.objects.none(), label="Who?", empty_label="Choose somebody"
    )
    lost = choice(
        "What did they lose?",
        [("password", "Only the password"), ("all", "The password and their second factors")],
        initial="password",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = Appointment.objects.standing(actor.now).filter(agency=actor.agency_id)
        who = self.fields["who"]
        who.queryset = colleagues.exclude(user=actor.user).select_related("user", "agency")  # type: ignore[attr-defined]
        who.label_from_instance = _colleague  # type: ignore[attr-defined]


class WordForm(forms.Form):
    """An agency, by the word that its people know."""

    word = Line(label="Your agency's word", max_length=60, strip=True)


def ask_again(form: forms.Form, actor: Actor) -> None:
    """Let a form ask whether it is still them: for a factor where they have one, for the password where they have none.

    ``trust/_proof.html`` shows what this adds; ``step_up.is_still_them`` reads it.
    """
    has = Factors(actor.user) if actor.user else None
    if has is None or not has.has_any:
        form.fields["password"] = secret("Your password, once more")
        return
    form.fields["one_time_code"] = Line(
        label="A fresh code", required=not has.passkeys, max_length=60,
        help_text="Six digits from your app, or one of your recovery codes." if has.authenticator
        else "One of your recovery codes, when your passkey is not at hand.",
    )  # fmt: skip
    if has.passkeys:
        form.fields |= {"passkey": _hidden(), "step": _hidden()}


class ProofForm(forms.Form):
    """Whether it is still them."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_again(self, actor)


def _colleague(appointment: Appointment) -> str:
    return Filled(
        "{name}, {role}", name=appointment.user.name, role=Ours(appointment.get_role_display().lower())
    )
