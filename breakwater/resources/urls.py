from django.urls import path

from breakwater.resources import views
from breakwater.resources import views_of_house as ours
from breakwater.resources.views_of_reports import report

app_name = "resources"

urlpatterns = [
    path("", views.find_help, name="find_help"),
    path("programs/<uuid:program_id>/", views.program, name="program"),
    path("programs/<uuid:program_id>/count/", views.count, name="count"),
    path("programs/<uuid:program_id>/still-so/", views.still, name="still_so"),
    path("programs/<uuid:program_id>/ending/", ours.ending, name="ending"),
    path("house/", ours.house, name="house"),
    path("house/figures/", report, name="report"),
    path("house/listing/", ours.listing, name="listing"),
    path("house/listing/<uuid:organization_id>/", ours.claiming, name="claiming"),
    path("house/places/", ours.new_place, name="new_place"),
    path("house/places/<uuid:own_place_id>/", ours.place, name="place"),
    path("house/places/<uuid:own_place_id>/kinds/", ours.kind, name="kind"),
    path("house/places/<uuid:own_place_id>/beds/", ours.beds, name="beds"),
    path("claims/<uuid:claim_id>/confirmation/", ours.confirmation, name="confirmation"),
    path("claims/<uuid:claim_id>/withdrawal/", ours.withdrawal, name="withdrawal"),
    path("claims/<uuid:claim_id>/giving-up/", ours.giving_up, name="giving_up"),
    path("beds/<uuid:own_bed_id>/", ours.bed, name="bed"),
    path("beds/<uuid:own_bed_id>/out-of-service/", ours.out_of_service, name="out_of_service"),
    path("beds/<uuid:own_bed_id>/back-in-service/", ours.back_in_service, name="back_in_service"),
    path("beds/<uuid:own_bed_id>/closing/", ours.closing, name="closing"),
    path("<uuid:service_id>/", views.service, name="service"),
    path("<uuid:service_id>/room/", views.room, name="room"),
]
