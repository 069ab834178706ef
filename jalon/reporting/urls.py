"""Paths of the figures."""

from django.urls import path

from . import views

app_name = "reporting"
urlpatterns = [
    path("steering/", views.steering, name="steering"),
    path("steering/figures.csv", views.export_csv, name="csv"),
    path("steering/figures.xlsx", views.export_xlsx, name="xlsx"),
    path("steering/report/", views.report, name="report"),
    path("steering/survey/", views.survey_page, name="survey"),
    path("steering/survey/survey.csv", views.survey_csv, name="survey_csv"),
    path("technical/", views.technical_home, name="technical"),
]
