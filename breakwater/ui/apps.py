from django.apps import AppConfig

from breakwater.ui.plainly import say_it_plainly

say_it_plainly()


class UiConfig(AppConfig):
    name = "breakwater.ui"
