"""The subjects of a request: each in one compartment, with its questions, in the words of the screen.

Everything is data. The fields follow the blocks A to M of the annexes 6 and 7 of the circular of 31 January 2017 as far
as they are known; what the form asks never goes beyond what the compartment may hold: health is asked as needs, never
as a diagnosis. « Elle préfère ne pas répondre » is possible everywhere and counts as an answer. ``since`` says which
version of the form brought a subject or a question in; ``versions`` gives the form of one request, of one department.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from jalon.people import languages, questions
from jalon.people.questions import DECLINED, Choices, Question, Words
from jalon.people.records import CONTACT_QUESTIONS, IDENTITY_QUESTIONS

from .states import Kind

VERSION = "2026-2"
__all__ = ["DECLINED", "PARTS", "Part", "Question"]


@dataclass(frozen=True)
class Part:
    """One subject, one page. ``french`` is its code in the demonstration world."""

    code: str
    french: str
    label: Words
    compartment: str
    group: str
    questions: tuple[Question, ...] = ()
    lead: Words = ""
    kinds: tuple[str, ...] = (Kind.ENGAGEMENT, Kind.RENEWAL)
    optional: bool = False
    # May be marked « sans objet ».
    may_not_apply: bool = False
    # "identity" or "safe_contact": the answers are those of the person's file, asked once.
    store: str = ""
    # Its state comes from other records (papers, package), not from answers.
    computed: bool = False
    since: str = ""

    def question(self, name: str) -> Question:
        return next(question for question in self.questions if question.name == name)


GROUPS: dict[str, Words] = {
    "meet": _("Faire connaissance"),
    "today": _("La situation aujourd'hui"),
    "project": _("Le projet"),
    "papers": _("Les papiers"),
    "send": _("Envoyer"),
}

WITH_WHOM: Choices = (
    ("with_her", _("avec elle")),
    ("other_parent", _("avec l'autre parent")),
    ("relative", _("chez un proche")),
    ("care", _("accueilli par les services de l'enfance")),
    ("abroad", _("à l'étranger")),
)
PERMITS: Choices = (
    ("none", _("aucun titre")),
    ("receipt", _("récépissé ou attestation de demande")),
    ("aps", _("autorisation provisoire de séjour")),
    ("temporary", _("carte de séjour temporaire ou pluriannuelle")),
    ("resident", _("carte de résident")),
    ("asylum", _("attestation de demande d'asile")),
    ("protected", _("réfugiée ou protection subsidiaire")),
    ("eu", _("citoyenne de l'Union européenne")),
    ("french", _("française")),
    ("other", _("autre")),
)
HOUSING: Choices = (
    ("own", _("logement à son nom")),
    ("social", _("logement social")),
    ("supported", _("logement accompagné")),
    ("chrs", _("centre d'hébergement (CHRS, CHU)")),
    ("asylum_centre", _("hébergement pour demandeurs d'asile")),
    ("safe", _("place protégée")),
    ("hosted", _("hébergée chez un tiers")),
    ("hotel", _("hôtel")),
    ("street", _("sans abri ou squat")),
    ("other", _("autre")),
)
COVER: Choices = (
    ("puma", _("assurance maladie (PUMa)")),
    ("css", _("complémentaire santé solidaire")),
    ("ame", _("aide médicale de l'État")),
    ("none", _("aucune")),
    ("unknown", _("ne sait pas")),
)
CARE: Choices = (
    ("doctor", _("trouver un médecin")),
    ("dentist", _("soins dentaires ou lunettes")),
    ("maternity", _("suivi de grossesse ou gynécologie")),
    ("listening", _("soutien psychologique")),
    ("interpreter", _("interprète pour les soins")),
    ("rights", _("ouvrir ou renouveler ses droits")),
    ("other", _("autre besoin")),
    ("none", _("aucun besoin exprimé")),
)
BENEFITS: Choices = (
    ("none", _("aucune")),
    ("rsa", _("RSA")),
    ("ada", _("allocation pour demandeur d'asile")),
    ("unemployment", _("allocation chômage")),
    ("aah", _("AAH")),
    ("family", _("prestations familiales")),
    ("housing", _("aide au logement")),
    ("wage", _("salaire")),
    ("food", _("aides alimentaires ou ponctuelles")),
)
OUTCOMES: Choices = (("kept", _("tenu")), ("partly", _("tenu en partie")), ("not", _("pas tenu")))
OPINIONS: Choices = (
    ("favourable", _("favorable")),
    ("reserved", _("favorable avec réserves")),
    ("unfavourable", _("défavorable")),
)
ROLES: Choices = (
    ("perpetrator", _("auteur présumé")),
    ("procurer", _("personne mise en cause")),
    ("partner", _("compagnon ou ancien compagnon")),
    ("witness", _("témoin")),
    ("lawyer", _("avocate ou avocat")),
    ("police", _("service enquêteur")),
    ("other", _("autre personne")),
)
KIN: Choices = (
    ("child", _("enfant")),
    ("partner", _("compagnon")),
    ("parent", _("parent")),
    ("sibling", _("frère ou sœur")),
    ("host", _("personne qui l'héberge")),
    ("other", _("autre proche")),
)
LEVELS: Choices = tuple(languages.FRENCH_LEVELS.items())
# The eight domains of the points of support, in the same order.
DOMAINS: Choices = (
    ("safety", _("Sécurité")),
    ("housing", _("Hébergement")),
    ("health", _("Santé")),
    ("residence", _("Droit au séjour")),
    ("resources", _("Ressources")),
    ("language", _("Langue")),
    ("work", _("Emploi, formation")),
    ("family", _("Parentalité, entourage")),
)
NEEDS: Choices = (
    ("none", _("rien pour l'instant")),
    ("some", _("un coup de main")),
    ("strong", _("une aide importante")),
    ("urgent", _("c'est urgent")),
)
PARTS: tuple[Part, ...] = (
    Part(
        "identity", "identite", _("Identité et prénom d'usage"), "C1", "meet", store="identity",
        lead=_("L'identité civile reste dans l'association : la commission ne lit qu'un numéro."),
        questions=IDENTITY_QUESTIONS,
    ),
    Part(
        "safe_contact", "contact_sur", _("Contact sûr"), "C2", "meet", store="safe_contact",
        lead=_("Tout est coupé tant qu'elle n'a pas dit le contraire. À revoir avec elle tous les 90 jours."),
        questions=CONTACT_QUESTIONS,
    ),
    Part(
        "residence", "situation_administrative", _("Séjour et papiers"), "C7", "today", may_not_apply=True,
        questions=(
            Question("permit_type", _("Titre de séjour aujourd'hui"), "choice", required=True, choices=PERMITS),
            Question("permit_valid_to", _("Valable jusqu'au"), "day"),
            Question("entry_date_fr", _("Arrivée en France"), "partial"),
            Question("identity_docs", _("Papiers d'identité en sa possession"), "checks", choices=(
                ("passport", _("passeport")), ("identity_card", _("carte d'identité")),
                ("consular", _("carte ou attestation consulaire")), ("birth", _("acte de naissance")),
                ("none", _("aucun")),
            )),
            Question("asylum_status", _("Demande d'asile"), "choice", choices=(
                ("none", _("jamais demandée")), ("running", _("en cours")), ("refused", _("rejetée")),
                ("granted", _("accordée")),
            )),
            Question("oqtf_status", _("Une mesure d'éloignement existe"), "yesno"),
            Question("other_procedures", _("Autres démarches en cours"), "long", most=2000),
        ),
    ),
    Part(
        "family", "situation_familiale", _("Enfants et proches"), "C9", "today", may_not_apply=True,
        lead=_("Les noms restent dans l'association : dans le dossier envoyé, un rôle les remplace."),
        questions=(
            Question("children_situation", _("Enfants"), "choice", required=True, choices=(
                ("none", _("aucun")), ("with_her", _("avec elle")), ("elsewhere", _("ailleurs")),
                ("both", _("avec elle et ailleurs")),
            )),
            Question("children", _("Chaque enfant"), "rows", rows=(
                Question("name", _("Prénom"), "name", most=80),
                Question("birth_date", _("Naissance"), "partial"),
                Question("lives_with", _("Vit"), "choice", choices=WITH_WHOM),
                Question("in_france", _("En France"), "yesno"),
                Question("dependent", _("À sa charge"), "yesno"),
            )),
            Question("family_status", _("Situation de famille"), "choice", choices=(
                ("single", _("célibataire")), ("couple", _("en couple")), ("married", _("mariée ou pacsée")),
                ("separated", _("séparée ou divorcée")), ("widowed", _("veuve")),
            )),
            Question("pregnancy_due_date", _("Naissance attendue le"), "day"),
            Question("relatives", _("Proches dont le nom ne doit pas sortir"), "rows", rows=(
                Question("name", _("Nom"), "name", most=80),
                Question("role", _("Lien"), "choice", choices=KIN),
            )),
        ),
    ),
    Part(
        "housing", "hebergement", _("Hébergement"), "C3", "today", may_not_apply=True,
        lead=_("L'adresse et les lieux ne sortent jamais de l'association."),
        questions=(
            Question("housing_status", _("Où elle vit"), "choice", required=True, choices=HOUSING),
            Question("address", _("Adresse"), most=300),
            Question("town", _("Commune"), most=80),
            Question("school", _("École ou crèche des enfants"), most=160),
            Question("places_to_avoid", _("Lieux à éviter"), "long", most=1000),
            Question("siao_request_date", _("Demande au 115 ou au SIAO faite le"), "day"),
            Question("safe_place_needed", _("Une mise à l'abri est nécessaire"), "yesno"),
        ),
    ),
    Part(
        "health_rights", "sante_acces_droits", _("Santé et droits"), "C5", "today", may_not_apply=True,
        lead=_("Écrivez les besoins, jamais un diagnostic ni un traitement."),
        questions=(
            Question("health_cover", _("Couverture santé"), "choice", required=True, choices=COVER),
            Question("has_gp", _("A un médecin traitant"), "yesno"),
            Question("care_in_progress", _("Un suivi est en cours"), "yesno"),
            Question("needs", _("Ce dont elle a besoin"), "checks", choices=CARE),
        ),
    ),
    Part(
        "resources", "ressources", _("Ressources"), "C8", "today", may_not_apply=True,
        questions=(
            Question("resources_last_month", _("Ressources du mois dernier"), "money", required=True,
                     hint=_("En euros. 0 si elle n'a rien reçu.")),
            Question("benefits", _("D'où elles viennent"), "checks", choices=BENEFITS),
            Question("debts", _("A des dettes"), "yesno"),
            Question("bank_account", _("A un compte bancaire à son nom"), "yesno"),
        ),
    ),
    Part(
        "legal", "justice", _("Plaintes et procédures"), "C6", "today", optional=True, may_not_apply=True,
        lead=_("Facultatif. Rien de cette page n'est envoyé : ni noms, ni faits. Aucune plainte n'est exigée."),
        questions=(
            Question("complaint_filed", _("Une plainte a été déposée"), "yesno"),
            Question("complaint_date", _("Le"), "day"),
            Question("protection_order", _("Une mesure de protection est en cours"), "yesno"),
            Question("persons", _("Personnes dont le nom ne doit pas sortir"), "rows", rows=(
                Question("name", _("Nom"), "name", most=80),
                Question("role", _("Rôle"), "choice", choices=ROLES),
            )),
            Question("procedures", _("Procédures et audiences"), "long", most=4000),
        ),
    ),
    Part(
        "needs", "besoins", _("Besoins, vus ensemble"), "C12", "project", optional=True, since="2026-2",
        lead=_("Huit sujets, à remplir avec elle : ce dont elle dit avoir besoin aujourd'hui."),
        questions=(
            *(Question(code, label, "choice", choices=NEEDS) for code, label in DOMAINS),
            Question("first", _("Ce qui vient d'abord, avec ses mots"), most=300),
            Question("together", _("Rempli avec elle"), "yesno"),
        ),
    ),
    Part(
        "life_path", "parcours_de_vie", _("Parcours de vie"), "C4", "project",
        lead=_("Ce texte reste dans l'association. Cinq questions courtes : aucune n'est obligatoire."),
        questions=(
            Question("story", _("Ce qu'elle veut dire de son parcours"), "long", most=6000),
            Question("arrival", _("Son arrivée ici"), "long", most=3000),
            Question("encounter", _("La rencontre avec l'association"), "long", most=3000),
            Question("strengths", _("Ce sur quoi elle s'appuie"), "long", most=3000),
            Question("wishes", _("Ce qu'elle souhaite maintenant"), "long", most=3000),
            Question("kind_of_exploitation", _("Forme d'exploitation"), "choice", choices=(
                ("alone", _("seule")), ("procuring", _("sous contrainte d'autrui")), ("trafficking", _("traite")),
                ("online", _("par internet")), ("unknown", _("non dite")),
            )),
            Question("risk_level", _("Danger aujourd'hui"), "choice", choices=(
                ("low", _("pas de danger connu")), ("watch", _("à surveiller")), ("high", _("danger actuel")),
            )),
        ),
    ),
    Part(
        "summary", "resume_commission", _("Résumé pour la commission"), "C12", "project",
        lead=_("120 mots au plus, relus avec elle. Pas de nom, pas d'adresse, pas de lieu exact."),
        questions=(Question("summary", _("Résumé"), "long", required=True, most=4000),),
    ),
    Part(
        "project", "projet", _("Projet social et professionnel"), "C10", "project",
        lead=_("Écrit pour pouvoir être partagé avec l'emploi : ni histoire, ni cause."),
        questions=(
            Question("goal", _("Ce qu'elle vise"), required=True, most=200),
            Question("goal_kind", _("Il s'agit"), "choice", choices=(
                ("employment", _("d'un emploi")), ("qualification", _("d'une formation qualifiante")),
                ("language", _("d'apprendre le français")), ("other", _("d'autre chose")),
            )),
            Question("rome", _("Code du métier (ROME)"), hint=_("Par exemple G1501."), most=5),
            Question("steps", _("Étapes"), "rows", rows=(
                Question("what", _("Étape"), required=True, most=160),
                Question("expected", _("Résultat attendu"), most=160, since="2026-2"),
                Question("by", _("Avant le"), "day"),
                Question("done", _("Faite le"), "day"),
            )),
            Question("cefr_oral", _("Français parlé"), "choice", choices=LEVELS),
            Question("cefr_written", _("Français écrit"), "choice", choices=LEVELS),
            Question("school_level", _("Années d'école"), most=120),
            Question("diplomas", _("Diplômes"), most=300),
            Question("work_experience", _("Expériences de travail"), "long", most=2000),
            Question("ft_registered", _("Inscrite à France Travail"), "yesno"),
            Question("availability", _("Disponibilités"), most=300),
        ),
    ),
    Part(
        "commitments", "engagements", _("Engagements"), "C12", "project",
        lead=_("Ce à quoi elle s'engage, avec ses mots, et ce que l'association fait avec elle."),
        questions=(
            Question("commitments", _("Engagements"), "rows", required=True, rows=(
                Question("text", _("Engagement"), required=True, most=300),
            )),
            Question("signed_on", _("Document de parcours signé le"), "day"),
            Question("cessation_statement_date", _("Attestation sur l'honneur signée le"), "day",
                     hint=_("Son absence est signalée, jamais bloquante.")),
        ),
    ),
    Part(
        "report", "bilan", _("Bilan des six mois"), "C12", "project", kinds=(Kind.RENEWAL,),
        lead=_("Les difficultés rencontrées comptent autant que les engagements tenus (R. 121-12-9)."),
        questions=(
            Question("commitments", _("Engagements de la période"), "rows", required=True, rows=(
                Question("text", _("Engagement"), required=True, most=300),
                Question("outcome", _("Résultat"), "choice", required=True, choices=OUTCOMES),
                Question("reasons", _("Pourquoi, s'il n'est pas tenu"), most=400, when=("outcome", ("partly", "not"))),
            )),
            Question("achieved", _("Ce qui a été fait"), "long", most=3000),
            Question("difficulties", _("Difficultés rencontrées"), "long", required=True, most=3000),
        ),
    ),
    Part("pieces", "pieces", _("Pièces"), "C12", "papers", computed=True),
    Part(
        "related_requests", "demandes_associees", _("Demandes liées"), "C12", "send", may_not_apply=True,
        questions=(
            Question("ask_aps", _("Demande une autorisation provisoire de séjour"), "yesno", required=True),
            Question("ask_afis", _("Demande l'aide financière (AFIS)"), "yesno", required=True),
            Question("ask_housing_priority", _("Demande un logement prioritaire"), "yesno"),
            Question("children", _("Enfants à sa charge en France"), "count"),
        ),
    ),
    Part(
        "opinion", "avis_association", _("Avis de l'association"), "C12", "send",
        lead=_("La loi demande l'avis de l'association, distinct de celui de la commission (L. 121-9)."),
        questions=(
            Question("sense", _("Avis"), "choice", required=True, choices=OPINIONS),
            Question("reasons", _("Motifs"), "long", required=True, most=3000),
        ),
    ),
    Part("review", "relecture", _("Relire et envoyer"), "C12", "send", computed=True),
)  # fmt: skip
BY_CODE = {part.code: part for part in PARTS}
BY_FRENCH = {part.french: part for part in PARTS}


@dataclass(frozen=True)
class Paper:
    """A paper that a request expects, or may receive. ``leaves``: a copy goes with the package."""

    code: str
    french: str
    label: Words
    compartment: str
    kinds: tuple[str, ...] = (Kind.ENGAGEMENT, Kind.RENEWAL)
    expected: bool = True
    leaves: bool = True
    # Without it nothing can be signed (R. 121-12-12); the others are signalled.
    blocking: bool = False


PAPERS: tuple[Paper, ...] = (
    Paper("identity_document", "identite", _("Pièce d'identité ou attestation"), "C1", (Kind.ENGAGEMENT,)),
    Paper("signed_request", "annexe6", _("Demande signée, avec le projet et les engagements"), "C15", blocking=True),
    Paper("sworn_statement", "honneur", _("Attestation sur l'honneur"), "C15", (Kind.ENGAGEMENT,)),
    Paper("accreditation_order", "agrement", _("Arrêté d'agrément de l'association"), "C16"),
    Paper("school_certificate", "scolarite", _("Certificat de scolarité"), "C9", expected=False),
    Paper("residence_document", "sejour", _("Document de séjour"), "C7", expected=False),
    Paper("resources_proof", "ressources", _("Justificatif de ressources"), "C8", expected=False),
    Paper("training_proof", "formation", _("Attestation de formation ou d'emploi"), "C10", expected=False),
    Paper("other", "autre", _("Autre pièce"), "C7", expected=False, leaves=False),
)
PAPER_BY_CODE = {paper.code: paper for paper in PAPERS}
PAPER_BY_FRENCH = {paper.french: paper for paper in PAPERS} | {"annexe7": PAPER_BY_CODE["signed_request"]}


# --- answers --------------------------------------------------------------------------------------------------


def clean(part: Part, data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are sealed. Raises ValueError naming the part and the question."""
    try:
        return questions.clean(part.questions, data)
    except ValueError as error:
        raise ValueError(f"{part.code}: {error}") from error


def gaps(part: Part, data: Mapping[str, Any]) -> list[str]:
    """Names of the required questions without an answer; what she preferred not to say is an answer."""
    return questions.gaps(part.questions, data)


def gap_words(part: Part, names: Iterable[str]) -> list[str]:
    """« Il manque : … »: the questions in the words of the screen."""
    return questions.words(part.questions, names)


def besides(part: Part, words: list[str]) -> list[str]:
    """What is missing in words, but for the part itself: its own name says it (« Engagements »)."""
    itself = len(words) == 1 and str(part.label).casefold().startswith(words[0].casefold())
    return [] if itself else words


def carried(part: Part, data: Mapping[str, Any]) -> dict[str, Any]:
    """Answers to another version of this part: those that this one still asks, columns of rows included."""
    known = {question.name: {row.name for row in question.rows} for question in part.questions}
    kept = {name: value for name, value in data.items() if name in known}
    for name, columns in known.items():
        if columns and name in kept:
            kept[name] = [{key: value for key, value in row.items() if key in columns} for row in kept[name]]
    return {**kept, DECLINED: [name for name in data.get(DECLINED) or () if name in known]} if data else {}


def filled(part: Part, data: Mapping[str, Any]) -> int:
    return questions.filled(part.questions, data)
