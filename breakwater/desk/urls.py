from django.urls import path

from breakwater.desk import views

app_name = "desk"

urlpatterns = [
    path("", views.now, name="now"),
    path("case/<uuid:case_id>/", views.case, name="case"),
    path("person/<uuid:person_id>/", views.person, name="person"),
    path("caseloads/", views.caseloads, name="caseloads"),
    path("search/", views.search, name="search"),
]
