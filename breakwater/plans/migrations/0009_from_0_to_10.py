"""What helps is told from 0 to 10. What was told in five steps before stays as it was told; nothing is worked out."""

from django.db import migrations, models

_HOW_WELL = models.Q(
    models.Q(("effect", None), ("kind", "coping"), ("works__isnull", False)),
    models.Q(("effect__isnull", False), ("effect__lte", 10), ("kind", "coping"), ("works", None)),
    models.Q(("effect", None), ("kind", "trigger"), ("works", None)),
    _connector="OR",
)
_EACH_ITS_OWN = models.Q(
    models.Q(("category", ""), ("kind", "coping"), ("leads_to", "")),
    models.Q(("kind", "trigger"), ("last_used", None)),
    _connector="OR",
)
_CATEGORIES = [
    ("people", "Somebody, or what somebody does"),
    ("place", "A place, a crowd, a sound"),
    ("time", "A day, a date, a time of the day"),
    ("news", "News, a letter, a demand"),
    ("body", "Pain, hunger, no sleep"),
    ("substance", "Alcohol or drugs"),
    ("thought", "A memory, a thought"),
    ("other", "Something else"),
]


class Migration(migrations.Migration):
    dependencies = [("plans", "0008_read_in_a_language")]

    operations = [
        migrations.AddField(
            model_name="lesson",
            name="effect",
            field=models.PositiveSmallIntegerField(blank=True, help_text="From 0 to 10", null=True),
        ),
        migrations.AddField(
            model_name="lesson", name="last_used", field=models.DateField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="lesson",
            name="category",
            field=models.CharField(blank=True, choices=_CATEGORIES, max_length=10),
        ),
        migrations.AddField(
            model_name="lesson",
            name="leads_to",
            field=models.TextField(
                blank=True, help_text="The warning sign that follows, as it stood in their plan"
            ),
        ),
        migrations.RemoveConstraint(model_name="lesson", name="what_helps_says_how_well"),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(condition=_HOW_WELL, name="what_helps_says_how_well"),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=_EACH_ITS_OWN, name="only_what_helps_is_used_and_only_what_does_not_leads_on"
            ),
        ),
    ]
