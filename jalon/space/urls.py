"""The desk's side, on the professional host. Hers is ``host``."""

from django.urls import path

from .views import desk

app_name = "space"
urlpatterns = [
    path("dossiers/<str:dossier_id>/space/", desk.desk, name="desk"),
    path("dossiers/<str:dossier_id>/space/<str:verb>/", desk.act, name="act"),
    path("person-requests/", desk.requests, name="requests"),
    path("person-requests/<str:person_request_id>/answer/", desk.answer, name="answer"),
]
