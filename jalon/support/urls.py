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
    path("dossiers/<str:dossier_id>/former/", views.formers, name="formers"),
    path("dossiers/<str:dossier_id>/former/<str:name>/<str:about_id>/", views.former, name="former"),
    path("notes/<str:dossier_id>/", views.note, name="note"),
    path("notes/<str:dossier_id>/all/", views.history, name="history"),
    path("liaison/<str:dossier_id>/", views.thread, name="thread"),
    path("liaison/<str:dossier_id>/seen/", views.seen, name="seen"),
    path("liaison/messages/<str:liaison_id>/close/", views.close, name="close"),
    path("plan/<str:dossier_id>/", views.plan, name="plan"),
    path("plan/<str:dossier_id>/objectives/", views.add_objective, name="objectives"),
    path("plan/<str:dossier_id>/landmark/", views.landmark, name="landmark"),
    path("plan/<str:dossier_id>/paper/", views.plan_paper, name="plan_paper"),
    path("plan/<str:dossier_id>/sheet/", views.progress_sheet, name="progress_sheet"),
    path("objectives/<str:objective_id>/<str:verb>/", views.objective, name="objective"),
    path("steps/<str:step_id>/", views.step, name="step"),
    path("steps/<str:step_id>/<str:verb>/", views.plan_step, name="plan_step"),
    path("meetings-of-three/<str:dossier_id>/", views.meetings, name="meetings"),
    path("meeting-of-three/<str:joint_meeting_id>/", views.meeting, name="meeting"),
    path("meeting-of-three/<str:joint_meeting_id>/line/", views.meeting_line, name="meeting_line"),
    path("meeting-of-three/<str:joint_meeting_id>/strike/", views.strike, name="strike"),
    path("meeting-of-three/<str:joint_meeting_id>/hold/", views.hold, name="hold"),
    path("meeting-of-three/<str:joint_meeting_id>/miss/", views.miss, name="miss"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/close/", views.close_calendar, name="close_calendar"),
    path("calendar/feed.ics", views.calendar_feed, name="calendar_feed"),
    path("appointments/<str:dossier_id>/", views.appointments, name="appointments"),
    path("appointments/<str:appointment_id>/<str:verb>/", views.appointment, name="appointment"),
    path("scale/<str:dossier_id>/", views.scale, name="scale"),
    path("placements/<str:dossier_id>/", views.placements, name="placements"),
    path("placements/<str:dossier_id>/new/<str:nature>/", views.new_placement, name="new_placement"),
    path("placements/<str:placement_id>/end/", views.end_placement, name="end_placement"),
]
