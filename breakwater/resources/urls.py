from django.urls import path

from breakwater.resources import views

app_name = "resources"

urlpatterns = [
    path("", views.find_help, name="find_help"),
    path("<uuid:service_id>/", views.service, name="service"),
    path("<uuid:service_id>/room/", views.room, name="room"),
]
