from django.urls import path

from breakwater.attachments import views

app_name = "attachments"

urlpatterns = [
    path("<uuid:attachment_id>/", views.attachment, name="attachment"),
    path("<uuid:attachment_id>/content/", views.content, name="content"),
    path("<uuid:attachment_id>/release/", views.releasing, name="release"),
]
