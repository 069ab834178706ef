"""The addresses of the joint support. Home pages are reached through ``home``."""

from django.urls import path

from . import views

app_name = "support"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("today/", views.today, name="today"),
    path("team/<str:dossier_id>/", views.reassign, name="reassign"),
    path("dossiers/<str:dossier_id>/", views.dossier, name="dossier"),
    path("dossiers/<str:dossier_id>/copy/", views.copy, name="copy"),
    path("dossiers/<str:dossier_id>/statement/<str:kind>/<str:about_id>/", views.statement, name="statement"),
    path("notes/<str:dossier_id>/", views.note, name="note"),
    path("notes/<str:dossier_id>/all/", views.history, name="history"),
    path("liaison/<str:dossier_id>/", views.thread, name="thread"),
    path("liaison/<str:dossier_id>/seen/", views.seen, name="seen"),
    path("plan/<str:dossier_id>/", views.plan, name="plan"),
    path("plan/<str:step_id>/<str:verb>/", views.plan_step, name="plan_step"),
    path("appointments/<str:dossier_id>/", views.appointments, name="appointments"),
    path("appointments/<str:appointment_id>/<str:verb>/", views.appointment, name="appointment"),
    path("scale/<str:dossier_id>/", views.scale, name="scale"),
    path("placements/<str:dossier_id>/", views.placements, name="placements"),
    path("placements/<str:placement_id>/end/", views.end_placement, name="end_placement"),
]
