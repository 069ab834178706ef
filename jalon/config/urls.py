"""Every URL of the product. Each room keeps its own paths; the handlers of errors are those of the ui room."""

from django.urls import include, path

from .home import home

urlpatterns = [
    path("", home, name="home"),
    # the pages that are asked all day are found first
    path("", include("jalon.people.urls")),
    path("", include("jalon.support.urls")),
    path("", include("jalon.ui.urls")),
    path("comptes/", include("jalon.accounts.urls")),
    path("", include("jalon.directory.urls")),
    path("", include("jalon.notices.urls")),
    path("", include("jalon.conventions.urls")),
    path("", include("jalon.dossiers.urls")),
    path("", include("jalon.commissions.urls")),
    path("", include("jalon.journeys.urls")),
    path("", include("jalon.offers.urls")),
    path("", include("jalon.space.urls")),
    path("", include("jalon.reporting.urls")),
]

handler400 = "jalon.ui.errors.bad_request"
handler403 = "jalon.ui.errors.permission_denied"
handler404 = "jalon.ui.errors.not_found"
handler500 = "jalon.ui.errors.server_error"
