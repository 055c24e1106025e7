from django.urls import path

from breakwater.messaging.views import gateway, reach, threads

app_name = "messaging"

urlpatterns = [
    path("", threads.inbox, name="inbox"),
    path("ways/", reach.ways, name="ways"),
    path("ways/device/", reach.device, name="device"),
    path("ways/device/<uuid:way_id>/ending/", reach.device_ending, name="device_ending"),
    path("gateway/", gateway.gateway, name="gateway"),
    path("<uuid:thread_id>/", threads.of_letter, name="thread"),
    path("cases/<uuid:case_id>/", threads.of_case, name="case"),
    path("cases/<uuid:case_id>/notice/", reach.notice, name="notice"),
    path("texts/<uuid:message_id>/amendment/", threads.amending, name="amendment"),
    path("notices/<uuid:notice_id>/seen/", threads.seeing, name="seen"),
    path("sent/<uuid:sent_id>/calling-off/", reach.calling_off, name="calling_off"),
    path("contact-points/<uuid:contact_point_id>/rule/", reach.rule, name="rule"),
]
