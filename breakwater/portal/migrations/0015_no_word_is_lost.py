"""What somebody says on their copy about a way to reach them waits for a worker when it cannot be done there and then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0014_as_it_was_offered")]

    operations = [
        migrations.AlterField(
            "ownact",
            "kind",
            models.CharField(
                max_length=10,
                choices=[
                    ("need_met", "They confirmed that a need was met"),
                    ("call", "They asked to be called"),
                    ("tighter", "They said that a way to reach them is not safe"),
                    ("looser", "They said that a way to reach them is safe now"),
                    ("withdrawn", "They took a consent back"),
                    ("undone", "They said something about a way to reach them, and it could not be done"),
                ],
            ),
        ),
        migrations.RemoveConstraint("ownact", "only_what_would_loosen_is_answered"),
        migrations.AddConstraint(
            "ownact",
            models.CheckConstraint(
                name="only_what_waits_is_answered",
                condition=models.Q(answer="", answered_at=None)
                | (models.Q(kind__in=("looser", "undone"), answered_at__isnull=False) & ~models.Q(answer="")),
            ),
        ),
    ]
