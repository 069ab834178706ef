"""No page of its own: deadlines are shown by the home pages and the file."""

from django.urls import URLPattern

app_name = "notices"
urlpatterns: list[URLPattern] = []
