from django.urls import path

from breakwater.people import views

app_name = "people"

urlpatterns = [
    path("<uuid:person_id>/who/", views.who, name="who"),
    path("<uuid:person_id>/contact-point/", views.contact_point, name="contact_point"),
    path("<uuid:person_id>/supporter/", views.supporter, name="supporter"),
    path("<uuid:person_id>/name/", views.name, name="name"),
    path("<uuid:person_id>/safe-word/", views.safe_word, name="safe_word"),
    path("<uuid:person_id>/safe-word/code/", views.safe_word_code, name="safe_word_code"),
    path("<uuid:person_id>/safe-word/ending/", views.safe_word_ending, name="safe_word_ending"),
    path("<uuid:person_id>/caller/", views.caller, name="caller"),
    path("<uuid:person_id>/household/", views.household, name="household"),
    path("names/<uuid:name_id>/ending/", views.name_ending, name="name_ending"),
    path(
        "contact-points/<uuid:contact_point_id>/ending/",
        views.contact_point_ending,
        name="contact_point_ending",
    ),
    path(
        "contact-points/<uuid:contact_point_id>/safety/",
        views.contact_point_safety,
        name="contact_point_safety",
    ),
    path("supporters/<uuid:supporter_id>/ending/", views.supporter_ending, name="supporter_ending"),
    path("households/<uuid:membership_id>/leaving/", views.leaving, name="leaving"),
]
