"""Signing in: passkeys, authenticator apps, recovery codes, resets, providers; what the door asks of a session."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import breakwater.kernel.db
import breakwater.kernel.ids
import breakwater.trust.models.agencies
import breakwater.trust.models.sessions
from breakwater.trust.walls import walled


class Migration(migrations.Migration):
    dependencies = [
        ("trust", "0007_seals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("secret", models.BinaryField(help_text="Sealed with a key outside the database")),
                (
                    "last_step",
                    models.PositiveBigIntegerField(
                        help_text="The half minute of the last code that was used"
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authenticator",
                        to="trust.user",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("token", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("passkey", "Sign with a passkey"),
                            ("new_passkey", "Make a passkey"),
                            ("second", "The second step after a password"),
                            ("single", "Come back from a provider"),
                        ],
                        max_length=12,
                    ),
                ),
                ("asked", models.JSONField(default=dict)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("subject", models.CharField(max_length=64)),
                ("since", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="identity", to="trust.user"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(help_text="As its owner calls it", max_length=80)),
                ("credential_id", models.BinaryField(max_length=1024)),
                ("credential", models.BinaryField(help_text="Its public key, as the library packs it")),
                (
                    "counter",
                    models.PositiveBigIntegerField(
                        help_text="How often it has signed; 0 where it does not count"
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passkeys", to="trust.user"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("credential_id"), name="a_passkey_belongs_to_one_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("word", models.SlugField(help_text="What its people type to be sent there", max_length=60)),
                ("issuer", models.URLField(max_length=300)),
                ("client_id", models.CharField(max_length=200)),
                ("client_secret", models.BinaryField(help_text="Sealed with a key outside the database")),
                (
                    "asks_for_two",
                    models.BooleanField(
                        help_text="The agency vouches that a second factor is asked for there"
                    ),
                ),
                (
                    "agency",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provider",
                        to="trust.agency",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(models.F("word"), name="one_word_a_provider")],
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to="trust.user",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("by"), condition=models.Q(("used_at", None)), name="recovery_codes_left"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reset",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=breakwater.kernel.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "takes_factors",
                    models.BooleanField(help_text="Their second factors are lost, and end with it"),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        help_text="A keyed hash; empty while a second person is missing",
                        max_length=64,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.agency"
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="Whose sign-in it is",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="trust.user",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trust.user"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("started_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="a_reset_is_approved_by_somebody_else",
                    )
                ],
                "indexes": [
                    models.Index(models.F("by"), name="resets_by_person"),
                    models.Index(models.F("agency"), name="resets_by_agency"),
                ],
            },
        ),
        migrations.AddField(
            model_name="agency",
            name="factor_at_once",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                default=breakwater.trust.models.agencies.must_at_once,
                help_text="Roles that come no further without a second factor",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="agency",
            name="factor_days",
            field=models.PositiveSmallIntegerField(
                db_default=30,
                default=30,
                help_text="How long everybody else may put it off; empty: for ever",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="agency",
            name="idle_minutes",
            field=models.PositiveSmallIntegerField(
                db_default=30, default=30, help_text="After how long without a sign of life a session ends"
            ),
        ),
        migrations.AddField(
            model_name="agency",
            name="session_hours",
            field=models.PositiveSmallIntegerField(
                db_default=12, default=12, help_text="After how long a session ends in any case"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="began_at",
            field=models.DateTimeField(db_default=breakwater.kernel.db.RecordedNow()),
        ),
        migrations.AddField(
            model_name="session",
            name="factor_due_at",
            field=models.DateTimeField(
                help_text="From when on they come no further without a second factor", null=True
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="how",
            field=models.CharField(
                choices=[
                    ("password", "Password alone"),
                    ("passkey", "Passkey"),
                    ("authenticator", "Password and a code from an app"),
                    ("recovery", "Password and a recovery code"),
                    ("single", "Single sign-on"),
                ],
                db_default="password",
                default="password",
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="knows",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="They were told here of what was changed about their sign-in",
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="proved_at",
            field=models.DateTimeField(help_text="When everything they have was last asked for", null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="seen_at",
            field=models.DateTimeField(
                db_default=breakwater.kernel.db.RecordedNow(), help_text="To the minute"
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="where",
            field=models.CharField(
                db_default="", default="", help_text="Which browser, on what", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="changed_at",
            field=models.DateTimeField(
                blank=True, help_text="When something about how they sign in was last changed", null=True
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="factor_asked_at",
            field=models.DateTimeField(
                blank=True, help_text="When they were first asked for a second factor", null=True
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="password_stands_alone",
            field=models.BooleanField(
                db_default=False, default=False, help_text="It is long enough to be all that is asked for"
            ),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.CheckConstraint(
                condition=models.Q(("idle_minutes__gte", 5), ("idle_minutes__lte", 60)),
                name="an_idle_session_ends_within_the_hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="agency",
            constraint=models.CheckConstraint(
                condition=models.Q(("session_hours__gte", 1), ("session_hours__lte", 24)),
                name="a_session_ends_within_the_day",
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="identities", to="trust.provider"
            ),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(
                models.F("provider"), models.F("subject"), name="one_person_an_identity"
            ),
        ),
        walled("trust_passkey", "person"),
        walled("trust_authenticator", "person"),
        walled("trust_recoverycode", "person"),
        walled(
            "trust_reset",
            condition="{table}.agency_id = (SELECT trust_agency()) OR {table}.by_id = (SELECT trust_user())",
        ),
    ]
