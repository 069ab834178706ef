"""The paths that the tests of this room use."""

from django.urls import include, path

urlpatterns = [path("", include("jalon.ui.urls"))]

handler400 = "jalon.ui.errors.bad_request"
handler403 = "jalon.ui.errors.permission_denied"
handler404 = "jalon.ui.errors.not_found"
handler500 = "jalon.ui.errors.server_error"
