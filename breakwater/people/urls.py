from django.urls import path

from breakwater.people import views

app_name = "people"

urlpatterns = [
    path("matches/", views.matches, name="matches"),
    path("<uuid:person_id>/who/", views.who, name="who"),
    path("<uuid:person_id>/contact-point/", views.contact_point, name="contact_point"),
    path("<uuid:person_id>/supporter/", views.supporter, name="supporter"),
]
