"""Whoever works on an application hangs what an office wants to see on the paper that names it."""

from importlib import import_module

from django.db import migrations

from breakwater.attachments.walls import hung_on

_WORKS = import_module("breakwater.benefits.migrations.0003_files")._WORKS


class Migration(migrations.Migration):
    dependencies = [("benefits", "0003_files")]

    operations = [hung_on("paper", opens="needs", table="benefits_paper", same=_WORKS)]
