from django.urls import path

from breakwater.interop import views

app_name = "interop"

urlpatterns = [
    path("", views.about, name="about"),
    path("services", views.service_list, name="services"),
    path("services/<uuid:service_id>", views.service, name="service"),
    path("organizations", views.organization_list, name="organizations"),
    path("organizations/<uuid:organization_id>", views.organization, name="organization"),
    path("taxonomy_terms", views.term_list, name="terms"),
    path("taxonomy_terms/<uuid:term_id>", views.term, name="term"),
    path("taxonomies", views.taxonomy_list, name="taxonomies"),
    path("taxonomies/<uuid:taxonomy_id>", views.taxonomy, name="taxonomy"),
    path("service_at_locations", views.given_list, name="given_list"),
    path("service_at_locations/<uuid:given_id>", views.given, name="given"),
]
