from django.urls import path

from breakwater.trust.views import drafts, factors, front, handed, live, own, single

app_name = "trust"

urlpatterns = [
    path("sign-in/", front.sign_in, name="sign_in"),
    path("sign-in/second/", front.second, name="second"),
    path("sign-in/passkey/", front.passkey, name="passkey"),
    path("sign-in/passkey/asked/", front.asked, name="asked"),
    path("sign-in/code/", handed.given_code, name="given_code"),
    path("sign-in/agency/", single.single, name="single"),
    path("sign-in/agency/back/", single.back, name="single_back"),
    path("sign-in/again/", own.proof, name="proof"),
    path("sign-out/", front.sign_out, name="sign_out"),
    path("your-sign-in/", own.own, name="own"),
    path("your-sign-in/password/", own.password, name="password"),
    path("your-sign-in/sessions/", own.ending, name="ending"),
    path("your-sign-in/device/", own.device, name="device"),
    path("your-sign-in/known/", own.known, name="known"),
    path("your-sign-in/language/", own.language, name="language"),
    path("your-sign-in/passkey/", factors.new_passkey, name="new_passkey"),
    path("your-sign-in/passkey/asked/", factors.asked_to_make, name="asked_to_make"),
    path("your-sign-in/passkeys/<uuid:passkey_id>/", factors.naming, name="naming"),
    path("your-sign-in/passkeys/<uuid:passkey_id>/removal/", factors.passkey_removal, name="passkey_removal"),
    path("your-sign-in/authenticator/", factors.authenticator, name="authenticator"),
    path("your-sign-in/authenticator/removal/", factors.authenticator_removal, name="authenticator_removal"),
    path("your-sign-in/codes/", factors.codes, name="codes"),
    path("your-sign-in/agency/", single.connecting, name="connecting"),
    path("your-sign-in/agency/removal/", single.disconnecting, name="disconnecting"),
    path("resets/", handed.resets, name="resets"),
    path("resets/<uuid:reset_id>/", handed.approval, name="approval"),
    path("drafts/", drafts.draft, name="draft"),
    path("live/", live.live, name="live"),
]
