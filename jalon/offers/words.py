"""What the codes and the terms of the matcher say on screen."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .wishes import LINES

TERMS: dict[str, Promise] = {
    "projet": _("Proche de son projet"),
    "rythme": _("Des horaires qui laissent de la marge"),
    "trajet": _("Un trajet court"),
    "langue": _("Un français à sa portée, ses langues utiles"),
    "stabilite": _("Un contrat stable, ou qui qualifie"),
    "debutant": _("Débutants acceptés, tutorat"),
    "fraicheur": _("Une offre récente"),
}
NEVER: dict[str, Promise] = {
    "R_RISQUE": _("Signes d'exploitation ou proximité du commerce du sexe"),
    "R_NON_SALARIE": _("Ce n'est pas un contrat de travail"),
}
REASONS: dict[str, Promise] = {
    "R_METIER": _("Trop loin de son projet"),
    "R_FRANCAIS": _("Le français demandé dépasse son niveau"),
    "R_DIPLOME": _("Un diplôme ou une carte obligatoire manque"),
    "R_EXPERIENCE": _("Une expérience est exigée"),
    "R_PERMIS": _("Le permis est exigé"),
    "R_VEHICULE": _("Un véhicule est exigé"),
    "R_TRANSPORT": _("Hors d'atteinte en transports, ou pas à ces heures"),
    "R_HORAIRES": _("En dehors de ses heures"),
    "R_WEEKEND": _("Un samedi ou un dimanche qu'elle ne peut pas travailler"),
    "R_COUPURES": _("Une journée coupée"),
    "R_NUIT": _("Du travail de nuit"),
    "R_ISOLE": _("Un lieu isolé ou un travail sans collègue"),
    "R_DOMICILE": _("Un travail chez des particuliers, refusé"),
    "R_PUBLIC": _("Un contact avec le public, refusé"),
    "R_EXPOSITION": _("Une photo, une vidéo ou une exposition publique, refusée"),
    "R_SANTE": _("Une contrainte physique à éviter"),
    "R_ZONE": _("Une commune qu'elle évite"),
    "R_HEURES": _("Trop ou trop peu d'heures par semaine"),
    "R_TITRE": _("Son titre ne permet pas ce travail"),
    "R_IAE": _("Contrat d'insertion : critères non remplis"),
    "R_DATE": _("Commence ou finit après la fin du parcours"),
    "R_COMPLET": _("Session fermée"),
    "R_FINANCEMENT": _("Un coût resterait à sa charge"),
    "R_NIVEAU": _("Un niveau scolaire est exigé"),
    "R_NIVEAU_DEPASSE": _("Niveau déjà atteint"),
    "R_NUMERIQUE": _("À distance, sans équipement ou sans autonomie"),
}
QUESTIONS: dict[str, Promise] = {
    "D_TITRE": _("Droit au travail à vérifier"),
    "D_HORAIRES": _("Horaires non précisés, ou contradictoires"),
    "D_LIEU": _("Lieu ou accès à préciser"),
    "D_VERIFICATION": _(
        "Contrôle du casier ou de l'honorabilité : en parler d'abord avec elle, ne rien noter de sa réponse"
    ),
    "D_STAGE": _("Horaires de stage à négocier"),
    "D_PRECISION": _("Une ligne de l'offre ou du profil manque"),
}
CONDITIONS: dict[str, Promise] = {
    "C_IAE": _("Éligibilité à valider par un prescripteur habilité"),
    "C_EXPERIENCE": _("Une expérience est souhaitée"),
    "C_ETAPE": _("Une étape, pas une qualification"),
    "C_NON_QUALIFIANTE": _("Sans certification enregistrée"),
}
# The lines of the profile, as the matcher names them, and as the page of her wishes does.
_PATHS = {
    "refus.zones": "zones", "mobilite.voiture": "car", "mobilite.trajet_max_min": "longest", "mobilite": "car",
    "francais.oral": "oral", "francais": "oral", "disponibilite.depart_apres, retour_avant": "leave",
    "sante_contre_indications": "avoid", "diplomes": "diplomas", "experiences": "experience", "heures": "least",
    "iae_eligible": "iae", "formation_souhaitee": "training", "niveau_scolaire": "school", "numerique": "digital",
}  # fmt: skip
_OTHERS = {
    "echeance_psp": _("la fin de l'accompagnement, pas encore connue"),
    "droit_travail": _("son document de séjour"),
    "langue": _("une langue demandée"),
}


def of_profile(quote: str) -> str:
    """A line of the profile in words; what the offer says there is kept."""
    said = quote.removeprefix("profil :").removeprefix(" non renseigné :").strip()
    path, _mark, rest = said.partition(" ; ")
    path = path.split(" : ")[0]
    if path in _PATHS:
        label = str(LINES[_PATHS[path]][0])
    else:
        label = next((str(words) for start, words in _OTHERS.items() if path.startswith(start)), path)
    return f"{label} ({rest})" if rest else label


# What stands in the place of words when the offer wrote none, and the fields of a session, said plainly.
FIELDS = {
    "dureeTravailLibelle": _("rien n'est écrit"),
    "lieuTravail": _("rien n'est écrit"),
    "horaires": _("rien n'est écrit"),
}
_NAMES = (
    ("cecrl-oral-min : ", _("oral ")),
    ("cecrl-ecrit-min : ", _("écrit ")),
    ("reste-a-charge-euros : ", _("reste à charge en euros : ")),
    ("places-restantes : ", _("places restantes : ")),
    ("etat-recrutement : ", _("état du recrutement : ")),
    ("code-niveau-entree : ", _("niveau d'entrée : ")),
    ("échéance : ", _("fin de l'accompagnement : ")),
)


def of_offer(quote: str) -> str:
    """The words of the offer as they are; the name of a field is said plainly."""
    if quote in FIELDS:
        return str(FIELDS[quote])
    for name, said in _NAMES:
        quote = quote.replace(name, str(said))
    return quote
