from django.urls import path

from breakwater.trust import views

app_name = "trust"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("drafts/", views.draft, name="draft"),
]
