from django.urls import path

from breakwater.ui import views

app_name = "ui"

urlpatterns = [
    path("patterns/", views.patterns, name="patterns"),
    path("keys/", views.keys, name="keys"),
]
