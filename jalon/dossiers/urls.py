"""The addresses of the requests: identifiers only."""

from django.urls import path

from . import views

app_name = "dossiers"
urlpatterns = [
    path("dossiers/<str:dossier_id>/application/", views.start, name="start"),
    path("dossiers/<str:dossier_id>/not-presented/", views.not_presented, name="not_presented"),
    path("applications/<str:application_id>/", views.application, name="application"),
    path("applications/<str:application_id>/parts/<str:code>/", views.part, name="part"),
    path("applications/<str:application_id>/parts/<str:code>/draft/", views.keep, name="keep"),
    path("applications/<str:application_id>/parts/<str:code>/draft/forget/", views.forget, name="forget"),
    path("applications/<str:application_id>/pieces/", views.pieces, name="pieces"),
    path("pieces/<str:piece_id>/waive/", views.waive, name="waive"),
    path("pieces/<str:piece_id>/file/", views.piece_file, name="piece_file"),
    path("pieces/<str:piece_id>/sent/", views.sent_file, name="sent_file"),
    path("applications/<str:application_id>/review/", views.review, name="review"),
    path("applications/<str:application_id>/read-back/", views.read_back, name="read_back"),
    path("applications/<str:application_id>/sign/", views.sign, name="sign"),
    path("applications/<str:application_id>/reopen/", views.reopen, name="reopen"),
    path("applications/<str:application_id>/submit/", views.submit, name="submit"),
    path("applications/<str:application_id>/receipt/", views.receipt, name="receipt"),
    path("applications/<str:application_id>/paper/", views.paper, name="paper"),
    path("applications/<str:application_id>/acknowledgement/", views.acknowledgement, name="acknowledgement"),
    path("applications/<str:application_id>/withdraw/", views.withdraw, name="withdraw"),
    path("applications/<str:application_id>/answer/", views.answer, name="answer"),
    path("applications/<str:application_id>/received/", views.received, name="received"),
    path("applications/<str:application_id>/complete/", views.complete, name="complete"),
]
