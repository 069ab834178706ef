"""The addresses of the conventions, of the named pair and of the hand-overs."""

from django.urls import path

from . import views

app_name = "conventions"
urlpatterns = [
    path("conventions/", views.conventions, name="conventions"),
    path("conventions/new/", views.new, name="new"),
    path("conventions/<str:convention_id>/", views.convention, name="convention"),
    path("conventions/<str:convention_id>/edit/", views.edit, name="edit"),
    path("conventions/<str:convention_id>/sign/", views.sign, name="sign"),
    path("conventions/<str:convention_id>/committees/", views.committees, name="committees"),
    path("conventions/<str:convention_id>/committee/", views.committee, name="committee"),
    path("conventions/<str:convention_id>/hold/", views.hold, name="hold"),
    path("conventions/<str:convention_id>/thread/", views.thread, name="thread"),
    path("conventions/<str:convention_id>/seen/", views.seen, name="seen"),
    path("conventions/committees/<str:steering_id>/", views.meeting, name="meeting"),
    path("conventions/committees/<str:steering_id>/minutes/", views.minutes, name="minutes"),
    path("conventions/messages/<str:question_id>/close/", views.close, name="close"),
    path("conventions/commitments/<str:commitment_id>/", views.commitment, name="commitment"),
    path("conventions/indicators/<str:indicator_id>/drop/", views.drop_indicator, name="drop_indicator"),
    path("conventions/axes/<str:axis_id>/commitments/", views.add_commitment, name="add_commitment"),
    path("conventions/axes/<str:axis_id>/indicators/", views.add_indicator, name="add_indicator"),
    path("conventions/pairs/<str:dossier_id>/", views.pair, name="pair"),
    path("conventions/pairs/<str:dossier_id>/end/", views.end_pair, name="end_pair"),
    path("conventions/hand-overs/<str:dossier_id>/", views.hand_overs, name="hand_overs"),
    path("conventions/hand-over/<str:hand_over_id>/", views.hand_over, name="hand_over"),
    path("conventions/hand-over/<str:hand_over_id>/<str:verb>/", views.hand_over_verb, name="hand_over_verb"),
]
