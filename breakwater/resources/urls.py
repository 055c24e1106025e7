from django.urls import path

from breakwater.resources import views

app_name = "resources"

urlpatterns = [
    path("", views.find_help, name="find_help"),
    path("programs/<uuid:program_id>/", views.program, name="program"),
    path("programs/<uuid:program_id>/count/", views.count, name="count"),
    path("programs/<uuid:program_id>/still-so/", views.still, name="still_so"),
    path("<uuid:service_id>/", views.service, name="service"),
    path("<uuid:service_id>/room/", views.room, name="room"),
]
