from django import forms


class SignInForm(forms.Form):
    """A name and a password."""

    username = forms.CharField(label="Sign-in name", max_length=150, strip=True)
    password = forms.CharField(label="Password", max_length=256, strip=False, widget=forms.PasswordInput)
