from django.urls import path

from breakwater.portal.views import figures, handing, held, linking, own, room, signing, site, standing

app_name = "portal"

urlpatterns = [
    path("notes/", own.notes, name="notes"),
    path("notes/out/", own.out, name="out"),
    path("notes/call/", own.call, name="call"),
    path("notes/needs/<uuid:referral_id>/", own.need_met, name="need_met"),
    path("notes/ways/<uuid:contact_point_id>/", own.way, name="way"),
    path("notes/agreed/<uuid:consent_id>/", own.taking_back, name="taking_back"),
    path("answers/", site.letter, name="site"),
    path("answers/answer/", site.answer, name="site_answer"),
    path("answers/room/", site.room, name="site_room"),
    path("answers/files/<uuid:site_file_id>/", site.file, name="site_file"),
    path("our-room/", room.our_room, name="our_room"),
    path("our-room/told/", room.told, name="our_room_told"),
    path("our-room/out/", room.out, name="our_room_out"),
    path("room/figures/", figures.figures, name="figures"),
    path("form/", held.form, name="form"),
    path("form/back/", held.back, name="form_back"),
    path("own-copy/phone/<uuid:assessment_id>/", held.giving, name="giving"),
    path("own-copy/phone/plans/<uuid:case_id>/", signing.giving, name="plan_giving"),
    path("own-copy/<uuid:case_id>/", handing.own_copy, name="own_copy"),
    path("own-copy/copies/<uuid:copy_id>/ending/", handing.ending, name="ending"),
    path("own-copy/acts/<uuid:own_act_id>/", handing.answer, name="answer"),
    path("site-links/letters/<uuid:referral_id>/", linking.links, name="site_links"),
    path("site-links/hand-offs/<uuid:handoff_id>/", linking.links_to_hand_off, name="links_to_hand_off"),
    path("site-links/places/<uuid:ask_id>/", linking.links_to_place, name="links_to_place"),
    path("site-links/<uuid:site_link_id>/ending/", linking.ending, name="site_link_ending"),
    path("site-links/questions/<uuid:site_question_id>/", linking.reply, name="site_reply"),
    path("room-links/", standing.links, name="room_links"),
    path("room-links/places/<uuid:place_id>/", standing.place, name="room_link"),
    path("room-links/places/<uuid:place_id>/kinds/", standing.kinds, name="room_kinds"),
    path("room-links/<uuid:room_link_id>/code/", standing.code, name="room_link_code"),
    path("room-links/<uuid:room_link_id>/key/", standing.key, name="room_link_key"),
    path("room-links/<uuid:room_link_id>/renewal/", standing.renewal, name="room_link_renewal"),
    path("room-links/<uuid:room_link_id>/ending/", standing.ending, name="room_link_ending"),
    path(
        "room-links/devices/<uuid:room_device_id>/ending/", standing.device_ending, name="room_device_ending"
    ),
]
