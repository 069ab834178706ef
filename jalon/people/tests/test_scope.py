"""In a request, a query on rows about persons that does not say whose raises; over every model behind the wall."""

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.http import HttpResponse
from django.test import RequestFactory

from jalon.people import wall
from jalon.people.middleware import ScopeMiddleware
from jalon.people.models import Agreement, Dossier
from jalon.vault import scope
from jalon.vault.models import KeySlot, SealedFile

pytestmark = pytest.mark.django_db
GUARDED = sorted(wall.walled(), key=lambda model: model._meta.label)
READ = {
    "all": lambda rows: list(rows.all()),
    "first": lambda rows: rows.order_by("pk").first(),
    "count": lambda rows: rows.count(),
    "exists": lambda rows: rows.exists(),
    "values": lambda rows: list(rows.values_list("pk")),
    "iterator": lambda rows: list(rows.iterator()),
    "aggregate": lambda rows: rows.aggregate(n=Max("pk")),
    "update": lambda rows: rows.update(pk="x"),
    "delete": lambda rows: rows.all().delete(),
}


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model._meta.label)
def test_no_model_of_a_person_answers_when_unscoped(model):
    with scope.requiring():
        for ask in READ.values():
            with pytest.raises(scope.Unscoped), transaction.atomic():
                ask(model.objects)
        assert list(model.objects.filter(pk__in=["x"] if model is not KeySlot else [0])) == []
    assert model.objects.count() == 0  # outside a request (commands, jobs) everything is in scope


def test_every_model_that_leads_to_a_file_is_guarded():
    assert {Dossier, KeySlot, SealedFile} < set(GUARDED)
    for model in apps.get_models():
        leads = any(field.related_model is Dossier or field.name.startswith("dossier") for field in model._meta.fields)
        assert not leads or isinstance(model._default_manager, scope.ScopedManager), model


def test_what_says_whose_and_what_does_not():
    given = Agreement.objects.filter(dossier=OuterRef("pk"))
    with scope.requiring():
        for scoped in (
            {"organisation": "x"},
            {"department": "31"},
            {"assignments__user": "x"},
            {"pk": "x"},
            {"number": "31-1"},
        ):
            assert not Dossier.objects.filter(**scoped).exists()
        assert not Dossier.objects.filter(Exists(given)).exists()
        assert not Agreement.objects.filter(dossier__in=Dossier.objects.none()).exists()
        for unscoped in ({"stage": "S1"}, {"number__startswith": "31-2026-"}, {"last_contact_on__lt": "2026-01-01"}):
            with pytest.raises(scope.Unscoped):
                Dossier.objects.filter(**unscoped).exists()
        with wall.beyond():
            assert not Dossier.objects.exists()
        with pytest.raises(scope.Unscoped):
            Dossier.objects.exists()


def test_each_request_is_under_the_guard_and_nothing_after_it(settings):
    def page(_request):
        with pytest.raises(scope.Unscoped):
            Dossier.objects.count()
        return HttpResponse()

    assert "jalon.people.middleware.ScopeMiddleware" in settings.MIDDLEWARE
    ScopeMiddleware(page)(RequestFactory().get("/"))
    assert Dossier.objects.count() == 0
