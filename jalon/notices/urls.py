"""Deadlines are shown by the home pages and the file; here, only the rules that they follow."""

from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [path("deadlines/reasons/", views.reasons, name="reasons")]
