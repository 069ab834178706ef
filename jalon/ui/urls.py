"""The pages that belong to no room. Error handlers are set in ``jalon.config.urls``."""

from django.urls import path

from . import views

urlpatterns = [
    path("affichage/", views.preferences, name="preferences"),
    path("aide/", views.help_page, name="help"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("rules/", views.rules, name="rules"),
    path("rules/<str:rule_id>/", views.rule, name="rule"),
    path("sante/", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
]
