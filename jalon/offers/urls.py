"""The addresses of the offers."""

from django.urls import path

from . import views

app_name = "offers"
urlpatterns = [path("offers/weights/", views.weights, name="weights")]
