from django.urls import path

from . import views

app_name = "directory"
urlpatterns = [
    path("organisations/<str:organisation_id>/", views.organisation, name="organisation"),
    path("accreditations/", views.accreditations, name="accreditations"),
    path("accreditations/new/", views.prepare, name="prepare_accreditation"),
    path("accreditations/record/", views.record, name="record_accreditation"),
    path("accreditations/pieces/<str:accreditation_piece_id>/", views.piece_file, name="accreditation_piece"),
    path("accreditations/pieces/<str:accreditation_piece_id>/remove/", views.remove_piece, name="remove_piece"),
    path("accreditations/<str:accreditation_id>/", views.accreditation, name="accreditation"),
    path("accreditations/<str:accreditation_id>/paper/", views.paper, name="accreditation_paper"),
    path("accreditations/<str:accreditation_id>/edit/", views.edit, name="edit_accreditation"),
    path("accreditations/<str:accreditation_id>/pieces/", views.give, name="give_piece"),
    path("accreditations/<str:accreditation_id>/send/", views.send, name="send_accreditation"),
    path("accreditations/<str:accreditation_id>/abandon/", views.abandon, name="abandon_accreditation"),
    path("accreditations/<str:accreditation_id>/receive/", views.receive, name="receive_accreditation"),
    path("accreditations/<str:accreditation_id>/ask/", views.ask, name="ask_piece"),
    path("accreditations/<str:accreditation_id>/complete/", views.complete, name="complete_accreditation"),
    path("accreditations/<str:accreditation_id>/decision/", views.draft, name="draft_decision"),
    path("accreditations/<str:accreditation_id>/sign/", views.sign, name="sign_decision"),
    path("accreditations/<str:accreditation_id>/invite/", views.invite, name="invite_observations"),
    path("accreditations/<str:accreditation_id>/observations/", views.observe, name="present_observations"),
    path("accreditations/<str:accreditation_id>/notify/", views.notify, name="notify_accreditation"),
    path("accreditations/<str:accreditation_id>/appeal/", views.challenge, name="appeal_accreditation"),
    path("accreditations/<str:accreditation_id>/answer/", views.answer_appeal, name="answer_accreditation"),
    path("accreditations/<str:accreditation_id>/keep/", views.keep, name="keep_accreditation"),
    path("memberships/", views.memberships, name="memberships"),
    path("memberships/invite/", views.invite_member, name="invite_member"),
    path("memberships/<str:membership_id>/account/", views.account, name="account"),
    path("memberships/<str:membership_id>/end/", views.end, name="end"),
    path("functions/", views.functions, name="functions"),
    path("functions/<str:membership_id>/", views.switch, name="switch"),
]
