"""Claims: an agency says that an organization of the directory is itself, and how that is known."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from breakwater.kernel.ids import new_id
from breakwater.resources.models.directory import Organization
from breakwater.trust.access import Actor
from breakwater.trust.models import Agency, User

_OPEN = Q(ended_at=None)


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Questions about claims."""

    def visible_to(self, actor: Actor) -> Self:
        """One's own, and those of others to what one claims or holds."""
        mine = Claim.objects.open().filter(agency=actor.agency_id).values("organization")
        held = Q(organization__agency=actor.agency_id)
        return self.filter(Q(agency=actor.agency_id) | held | Q(organization__in=mine))

    def open(self) -> Self:
        """Those that wait, and those that were granted and still stand."""
        return self.filter(_OPEN)

    def waiting(self) -> Self:
        """Those that nobody has granted yet."""
        return self.filter(_OPEN, granted_at=None)

    def of_agency(self, agency: Agency) -> Self:
        """Those of an agency."""
        return self.filter(agency=agency)


class Claim(models.Model):
    """One agency's claim to one listing: asked by one person, granted by a second, until it is given up."""

    class Ending(models.TextChoices):
        """How it ended."""

        WITHDRAWN = "withdrawn", "Withdrawn"
        GIVEN_UP = "given_up", "Given up"
        REFUSED = "refused", "Decided for another agency"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="claims")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    proof = models.CharField(max_length=500, help_text="How others can check that it is theirs")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    granted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    granted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, choices=Ending, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_claim_says_how_it_is_known", condition=~Q(proof="")),
            models.CheckConstraint(
                name="nobody_grants_their_own_claim",
                condition=Q(granted_by=None) | Q(by=None) | ~Q(granted_by=F("by")),
            ),
            models.CheckConstraint(
                name="an_ended_claim_says_how",
                condition=Q(ended_at=None, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
            ),
            models.UniqueConstraint("agency", condition=_OPEN, name="an_agency_claims_one_listing_at_a_time"),
            models.UniqueConstraint(
                "organization",
                condition=Q(ended_at=None, granted_at__isnull=False),
                name="a_listing_is_granted_once",
            ),
        ]
