"""The addresses of the conventions and of the named pair."""

from django.urls import path

from . import views

app_name = "conventions"
urlpatterns = [
    path("conventions/", views.conventions, name="conventions"),
    path("conventions/new/", views.new, name="new"),
    path("conventions/<str:convention_id>/", views.convention, name="convention"),
    path("conventions/<str:convention_id>/edit/", views.edit, name="edit"),
    path("conventions/<str:convention_id>/sign/", views.sign, name="sign"),
    path("conventions/<str:convention_id>/committee/", views.committee, name="committee"),
    path("conventions/commitments/<str:commitment_id>/", views.commitment, name="commitment"),
    path("conventions/indicators/<str:indicator_id>/", views.indicator, name="indicator"),
    path("conventions/axes/<str:axis_id>/commitments/", views.add_commitment, name="add_commitment"),
    path("conventions/axes/<str:axis_id>/indicators/", views.add_indicator, name="add_indicator"),
    path("conventions/pairs/<str:dossier_id>/", views.pair, name="pair"),
    path("conventions/pairs/<str:dossier_id>/end/", views.end_pair, name="end_pair"),
]
