"""The addresses of the catalogue."""

app_name = "offers"
urlpatterns: list[object] = []
