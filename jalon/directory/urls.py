from django.urls import path

from . import views

app_name = "directory"
urlpatterns = [
    path("organisations/<str:organisation_id>/", views.organisation, name="organisation"),
    path("accreditations/", views.accreditations, name="accreditations"),
    path("memberships/", views.memberships, name="memberships"),
    path("memberships/<str:membership_id>/end/", views.end, name="end"),
    path("functions/", views.functions, name="functions"),
    path("functions/<str:membership_id>/", views.switch, name="switch"),
]
