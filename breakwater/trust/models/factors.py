"""What somebody proves themselves with besides a password, and what a browser was asked to prove."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from breakwater.kernel.ids import new_id
from breakwater.trust.models.agencies import Agency, User


class Passkey(models.Model):
    """A key that a device holds for somebody, and signs with only after it has seen that it is them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(max_length=80, help_text="As its owner calls it")
    credential_id = models.BinaryField(max_length=1024)
    credential = models.BinaryField(help_text="Its public key, as the library packs it")
    counter = models.PositiveBigIntegerField(help_text="How often it has signed; 0 where it does not count")
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("credential_id", name="a_passkey_belongs_to_one_person")]

    def __str__(self) -> str:
        return self.name


class Authenticator(models.Model):
    """An app that shows six digits, anew every half minute."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    by = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator")
    secret = models.BinaryField(help_text="Sealed with a key outside the database")
    last_step = models.PositiveBigIntegerField(help_text="The half minute of the last code that was used")
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return "Authenticator app"


class RecoveryCode(models.Model):
    """One of ten codes for the day on which everything else is lost. Kept as a keyed hash, good once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("by", condition=Q(used_at=None), name="recovery_codes_left")]

    def __str__(self) -> str:
        return "used" if self.used_at else "not used"


class Provider(models.Model):
    """Where the people of an agency sign in for everything, when it has such a place (OpenID Connect)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="provider")
    word = models.SlugField(max_length=60, help_text="What its people type to be sent there")
    issuer = models.URLField(max_length=300)
    client_id = models.CharField(max_length=200)
    client_secret = models.BinaryField(help_text="Sealed with a key outside the database")
    asks_for_two = models.BooleanField(help_text="The agency vouches that a second factor is asked for there")

    objects: ClassVar[models.Manager["Provider"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint("word", name="one_word_a_provider")]

    def __str__(self) -> str:
        return self.word


class Identity(models.Model):
    """Somebody is known at a provider. How it names them is kept as a keyed hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="identity")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=64)
    since = models.DateTimeField()

    objects: ClassVar[models.Manager["Identity"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint("provider", "subject", name="one_person_an_identity")]

    def __str__(self) -> str:
        return "an identity"


class Challenge(models.Model):
    """What a browser was asked to prove, for a few minutes and one answer. Its token is kept as a hash."""

    class Kind(models.TextChoices):
        """What it is asked for."""

        PASSKEY = "passkey", "Sign with a passkey"
        NEW_PASSKEY = "new_passkey", "Make a passkey"
        SECOND = "second", "The second step after a password"
        SINGLE = "single", "Come back from a provider"

    token = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=12, choices=Kind)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    asked = models.JSONField(default=dict)
    expires_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager["Challenge"]] = models.Manager()

    def __str__(self) -> str:
        return self.kind
