"""Somebody may sign with a finger, or make a mark that somebody sees."""

from django.db import migrations, models

_NAME = "an_agreement_is_signed_or_says_why_not"
_SIGNED, _NOT_SIGNED = models.Q(how="signed"), ~models.Q(how="signed")


class Migration(migrations.Migration):
    dependencies = [("plans", "0006_walls_of_the_household")]

    operations = [
        migrations.AddField(
            model_name="agreement",
            name="strokes",
            field=models.TextField(
                blank=True, default="", help_text="What they drew with a finger, as points on a field"
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="agreement",
            name="how",
            field=models.CharField(
                choices=[
                    ("signed", "They signed"),
                    ("marked", "They made their mark, and somebody saw it"),
                    ("aloud", "They agreed aloud"),
                    ("not", "They did not agree"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="agreement",
            name="why_not",
            field=models.TextField(
                blank=True, help_text="Why there is no signature, who saw their mark, what is to be known"
            ),
        ),
        migrations.RemoveConstraint(model_name="agreement", name=_NAME),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                name=_NAME,
                condition=(_SIGNED & ~models.Q(signature="", strokes=""))
                | (_NOT_SIGNED & models.Q(signature="", strokes="") & ~models.Q(why_not="")),
            ),
        ),
    ]
