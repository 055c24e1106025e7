from django.urls import path

from breakwater.simulation import views

app_name = "simulation"

urlpatterns = [path("boards/", views.comparison, name="comparison")]
