"""Run apart on an empty department: three requests made by its accounts, one signed, two read back to her.

``python -m tests.stories.requests_apart REF MGR`` (two memberships) prints their ids as JSON.
"""

import json
import sys
from datetime import date


def main(ref: str, mgr: str) -> None:
    import django

    django.setup()
    from jalon.config import clock
    from jalon.directory.models import Membership
    from jalon.directory.tests.factories import actor_of
    from jalon.dossiers import actions
    from jalon.dossiers.tests.factories import draft, fill
    from jalon.people import actions as people
    from tests.browser.department import FIRST_DAY

    memberships = {row.pk: row for row in Membership.objects.select_related("user").filter(pk__in=(ref, mgr))}
    referent, manager = (actor_of(memberships[pk], stepped_up=True) for pk in (ref, mgr))
    made = {}
    with clock.at(date.fromisoformat(FIRST_DAY)):
        for name in ("signed", "prepared", "withdrawn"):
            dossier = people.open_dossier(
                referent,
                alias=f"Alias {name}",
                languages=["en"],
                contact={"language": "en"},
                identity={
                    "given_name": "Invention",
                    "family_name": "Deplume",
                    "birth_date": "1994-03",
                    "nationality": "NGA",
                },
            )
            people.record_agreement(referent, dossier, language="en")
            application = actions.open_application(referent, dossier)
            made[name], made[f"{name}_dossier"] = application.pk, dossier.pk
            fill(referent, application)
            package = draft(referent, application)
            actions.record_read_back(referent, package, language="en")
            if name == "withdrawn":
                actions.sign_package(manager, application)
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
