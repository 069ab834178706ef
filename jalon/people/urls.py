"""The addresses of the person's file: identifiers only. The file itself is a page of ``support``."""

from django.urls import path

from . import views

app_name = "people"
urlpatterns = [
    path("dossiers/", views.dossiers, name="dossiers"),
    path("dossiers/new/", views.new, name="new"),
    path("dossiers/<str:dossier_id>/identity/", views.identity, name="identity"),
    path("dossiers/<str:dossier_id>/contact/", views.contact, name="contact"),
    path("dossiers/<str:dossier_id>/contact/stop/", views.stop, name="stop"),
    path("dossiers/<str:dossier_id>/agreements/", views.agreements, name="agreements"),
    path("dossiers/<str:dossier_id>/agreements/new/", views.agree, name="agree"),
    path("dossiers/<str:dossier_id>/agreements/information/", views.inform, name="inform"),
    path("dossiers/<str:dossier_id>/agreements/withdraw/", views.withdraw, name="withdraw"),
    path("dossiers/<str:dossier_id>/shares/new/", views.share, name="share"),
    path("shares/<str:share_id>/revoke/", views.revoke, name="revoke"),
    path("dossiers/<str:dossier_id>/workers/", views.workers, name="assignments"),
    path("dossiers/<str:dossier_id>/workers/<str:kind>/", views.assign, name="assign"),
    path("assignments/<str:assignment_id>/end/", views.end_assignment, name="end_assignment"),
    path("dossiers/<str:dossier_id>/exceptional/", views.exceptional, name="breakglass"),
    path("dossiers/<str:dossier_id>/exceptional/review/", views.review_openings, name="review_openings"),
    path("dossiers/<str:dossier_id>/exceptional/told/", views.tell_opening, name="tell_opening"),
    path("dossiers/<str:dossier_id>/trail/", views.trail, name="trail"),
    path("dossiers/<str:dossier_id>/requests/", views.requests, name="requests"),
    path("dossiers/<str:dossier_id>/requests/lift/", views.lift, name="lift"),
    path("requests/<str:request_id>/", views.answer, name="answer"),
    path("requests/<str:request_id>/paper/", views.answer_paper, name="answer_paper"),
    path("readings/", views.stops, name="stops"),
    path("rights/", views.table_of_rights, name="rights"),
    path("trail/<str:month>/", views.trail_month, name="trail_month"),
    path("dossiers/<str:dossier_id>/consent/", views.consent, name="consent"),
    path("dossiers/<str:dossier_id>/hold/", views.hold, name="hold"),
    path("dossiers/<str:dossier_id>/erase/", views.erase, name="erase"),
    path("eliminations/", views.eliminations, name="eliminations"),
]
