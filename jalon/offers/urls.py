"""The addresses of the catalogue."""

from django.urls import path

from . import views

app_name = "offers"
urlpatterns = [
    path("offers/weights/", views.weights, name="weights"),
    path("catalogue/", views.services, name="services"),
    path("catalogue/jobs/", views.offers, name="offers"),
    path("catalogue/jobs/<str:offer_id>/", views.offer, name="offer"),
    path("catalogue/trainings/", views.trainings, name="trainings"),
    path("catalogue/trainings/<str:training_id>/", views.training, name="training"),
    path("catalogue/services/<str:service_id>/", views.service, name="service"),
    path("catalogue/services/<str:service_id>/orient/", views.orient, name="orient"),
    path("catalogue/services/<str:service_id>/facts/", views.facts, name="facts"),
    path("catalogue/services/<str:service_id>/check/", views.check, name="check"),
    path("catalogue/services/<str:service_id>/keep/", views.keep, name="keep"),
    path("orientations/", views.orientations, name="orientations"),
    path("orientations/of/<str:dossier_id>/", views.person, name="person"),
    path("orientations/<str:orientation_id>/", views.orientation, name="orientation"),
    path("orientations/<str:orientation_id>/<str:verb>/", views.move, name="move"),
    path("matches/<str:dossier_id>/", views.matches, name="matches"),
    path("matches/<str:dossier_id>/aside/", views.aside, name="aside"),
    path("matches/<str:dossier_id>/wishes/", views.wishes, name="wishes"),
    path("matches/<str:dossier_id>/integration/", views.integration, name="integration"),
    path("matches/<str:dossier_id>/cv/", views.resume, name="resume"),
    path("matches/<str:dossier_id>/rights/", views.rights, name="rights"),
    path("matches/<str:dossier_id>/papers/<str:paper>/", views.paper, name="paper"),
    path("matches/<str:dossier_id>/job/<str:offer_id>/", views.propose_job, name="propose_job"),
    path("matches/<str:dossier_id>/training/<str:training_id>/", views.propose_training, name="propose_training"),
    path("proposals/<str:proposal_id>/", views.proposal, name="proposal"),
    path("proposals/<str:proposal_id>/<str:verb>/", views.step, name="step"),
]
