from django.urls import path

from . import views

app_name = "journeys"
urlpatterns = [
    path("decisions/", views.decisions, name="decisions"),
    path("decisions/prepare/", views.prepare_favourable, name="prepare_favourable"),
    path("decisions/sign/", views.sign_selection, name="sign_selection"),
    path("decisions/requests/<str:application_id>/", views.draft, name="draft"),
    path("decisions/appeals/<str:appeal_id>/answer/", views.answer, name="answer"),
    path("decisions/<str:decision_id>/", views.decision, name="decision"),
    path("decisions/<str:decision_id>/letter/", views.letter, name="letter"),
    path("decisions/<str:decision_id>/proof/", views.proof, name="proof"),
    path("decisions/<str:decision_id>/appeal-kit/", views.appeal_kit, name="appeal_kit"),
    path("decisions/<str:decision_id>/sign/", views.sign, name="sign"),
    path("decisions/<str:decision_id>/notify/", views.notify, name="notify"),
    path("decisions/<str:decision_id>/explain/", views.explain, name="explain"),
    path("decisions/<str:decision_id>/appeal/", views.appeal, name="appeal"),
    path("journeys/months/<str:month_id>/paid/", views.paid, name="paid"),
    path("journeys/months/<str:month_id>/undo/", views.undo_payment, name="undo_payment"),
    path("journeys/<str:dossier_id>/", views.journey, name="journey"),
    path("journeys/<str:dossier_id>/certificate/", views.certificate, name="certificate"),
    path("journeys/<str:dossier_id>/rights/", views.rights, name="rights"),
    path("journeys/<str:dossier_id>/afis/", views.decide_afis, name="decide_afis"),
    path("journeys/<str:dossier_id>/children/", views.children, name="children"),
    path("journeys/<str:dossier_id>/afis/end/", views.end_afis, name="end_afis"),
    path("journeys/<str:dossier_id>/reported/", views.reported, name="reported"),
    path("journeys/<str:dossier_id>/silence/aid/", views.silence_on_aid, name="silence_on_aid"),
    path("journeys/<str:dossier_id>/silence/permit/", views.silence_on_permit, name="silence_on_permit"),
    path("journeys/<str:dossier_id>/renew/", views.renew, name="renew"),
    path("journeys/<str:dossier_id>/transfer/", views.transfer, name="transfer"),
    path("journeys/<str:dossier_id>/exit/", views.exit_journey, name="exit"),
    path("journeys/<str:dossier_id>/end/", views.end_early, name="end_early"),
    path("simulator/", views.simulator, name="simulator"),
    path("accreditations/<str:accreditation_id>/pathways/", views.successors, name="successors"),
    path("permits/<str:dossier_id>/new/", views.new_permit, name="new_permit"),
    path("permits/<str:permit_id>/extend/", views.extend_permit, name="extend_permit"),
]
