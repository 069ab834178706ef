"""Every rule applied by the calculations: what it says, where it comes from, how sure it is."""

from dataclasses import dataclass
from typing import Final

BASES_FR: Final = {
    "T": "texte lu",
    "D": "déduit des textes, ou convention du produit",
    "C": "à confirmer par un juriste",
}
# How sure a dated value is, in the words of its file and in those of the rules.
CONFIDENCES_FR: Final = {"text_read": BASES_FR["T"], "derived": BASES_FR["D"], "to_confirm": BASES_FR["C"]}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    `sentence` says it with the identifiers of the code, `title_fr` with the words of the screens. `basis` is T (text
    read), D (derived, or a convention of the product) or C (to be confirmed by a lawyer), for the rule or for a part
    named in brackets. `parameters` are the keys of the dated values it uses.
    """

    id: str
    sentence: str
    title_fr: str
    source: str
    basis: str
    parameters: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The basis part by part: its letter, and in French what it bears on ("" for the whole rule)."""
        pairs = (part.partition(" ") for part in self.basis.split(", "))
        return tuple((letter, on) for letter, _, on in pairs)

    @property
    def bases(self) -> tuple[str, ...]:
        """The letters of the basis."""
        return tuple(letter for letter, _ in self.parts)

    @property
    def to_confirm(self) -> bool:
        """Whether the rule, or a part of it, is to be confirmed by a lawyer before real use."""
        return "C" in self.bases

    @property
    def basis_fr(self) -> str:
        """The basis in French, each part with what it bears on."""
        return " ; ".join(BASES_FR[letter] + (f" ({on})" if on else "") for letter, on in self.parts)


RULES: Final[dict[str, Rule]] = {
    rule.id: rule
    for rule in (
        Rule(
            "DUR-1",
            "add_months keeps the day number, or takes the last day of the month; period_end is inclusive",
            "Les mois se comptent de quantième à quantième ; si le jour n'existe pas, le dernier jour du mois compte. "
            "Le jour de fin est compris.",
            "usage du calcul en mois, favorable à la personne",
            "D",
        ),
        Rule(
            "DUR-2",
            "a period starts on effective_on, else on signed_on",
            "La période commence à la date d'effet écrite dans l'arrêté, sinon le jour de la signature ; jamais le "
            "jour de la séance, de la demande ou de la notification.",
            "CASF, art. R. 121-12-13",
            "D",
        ),
        Rule(
            "DUR-3",
            "a renewal signed in time starts the day after the running end; its own months run from its own start",
            "Un renouvellement signé au plus tard le lendemain de la fin en cours commence ce lendemain ; ses six mois "
            "partent de son propre début. Les dates écrites dans l'arrêté l'emportent.",
            "CASF, art. R. 121-12-10",
            "D",
            ("psp.period_months",),
        ),
        Rule(
            "DUR-4",
            "no more than max_months, summed (cumulative) or from the first start (calendar)",
            "Le parcours dure vingt-quatre mois au plus : une période qui dépasserait est raccourcie, et plus rien ne "
            "peut être renouvelé ensuite.",
            "CASF, art. R. 121-12-10",
            "T nombre de mois, C façon de les compter",
            ("psp.max_months", "psp.cap_mode"),
        ),
        Rule(
            "DUR-5",
            "days between an end and the next start are a gap; a start before signed_on is decided_late",
            "Les jours entre deux périodes ne sont pas couverts par le parcours. Une période commencée avant la "
            "signature a été décidée tard.",
            "CASF, art. R. 121-12-13",
            "D",
        ),
        Rule(
            "DUR-6",
            "an early end falls on ends_on, else on notified_on; used counts whole months, then days",
            "Une fin anticipée tombe à la date écrite dans l'arrêté, sinon le jour de la notification, compris. On "
            "compte les mois entiers puis les jours ; dans une somme, trente jours font un mois.",
            "CASF, art. L. 121-9",
            "D",
        ),
        Rule(
            "REN-1",
            "reminders fall reminder_days before each end",
            "Des rappels précèdent la fin de chaque période : 120, 90, 60, 30 et 15 jours avant.",
            "objectifs internes",
            "D",
        ),
        Rule(
            "REN-2",
            "rights_break_risk when no commission date falls by the fifteenth day before the end",
            "Sans séance de la commission au plus tard quinze jours avant la fin, une rupture de droits est probable.",
            "objectif interne",
            "D",
        ),
        Rule(
            "TRF-1",
            "a transfer keeps the running end and months_used; departments left become read only",
            "Un changement de département garde la fin en cours et les mois utilisés ; l'ancien département ne peut "
            "plus que consulter.",
            "aucun texte trouvé",
            "C",
        ),
        Rule(
            "DEC-1",
            "opinion_binding is always false",
            "L'avis de la commission ne lie pas le préfet.",
            "CASF, art. L. 121-9",
            "T",
        ),
        Rule(
            "DEC-2",
            "adverse decisions need reasons_of_law, reasons_of_fact and appeal_routes, else the delay is not opposable",
            "Un refus ou une fin énonce ses raisons de droit et de fait, et les voies et délais de recours ; sans "
            "ceux-ci, le délai ne peut être opposé (limite raisonnable d'un an environ).",
            "CRPA, art. L. 211-2 et L. 211-5 ; CJA, art. R. 421-5",
            "T, C délai raisonnable",
            ("appeal.outer_months",),
        ),
        Rule(
            "DEC-3",
            "silence: alert only for psp, implicit refusal for afis and aps",
            "Silence gardé sur une demande : pour le parcours, une alerte à deux mois et jamais de décision tacite ; "
            "pour l'AFIS, refus à deux mois ; pour le titre de séjour, refus à quatre mois.",
            "CRPA, art. L. 231-1 et L. 231-4 ; CESEDA, art. R. 432-2",
            "D, C titre de séjour",
            ("silence.psp_alert_months", "silence.afis_months", "silence.aps_months"),
        ),
        Rule(
            "DEC-4",
            "an unlawful order that gives a right may be taken back until withdrawal_months after signed_on",
            "Un arrêté illégal qui accorde un droit ne se retire, sans que la personne le demande, que dans les quatre "
            "mois de sa signature ; une rectification qui ôte des jours suit ce délai.",
            "CRPA, art. L. 242-1",
            "T, C rectification",
            ("decision.withdrawal_months",),
        ),
        Rule(
            "G5",
            "a decision follows the opinion of the commission",
            "La décision est prise après l'avis de la commission.",
            "CASF, art. L. 121-9",
            "T",
        ),
        Rule(
            "G9",
            "observations_invited_on comes before an end the person did not request",
            "Avant une fin décidée d'office, la personne est invitée à présenter ses observations.",
            "CRPA, art. L. 121-1 et L. 122-1",
            "T",
        ),
        Rule(
            "APP-1",
            "court_limit is the first working day on or after add_months(day, court_months) plus one day",
            "Le tribunal peut être saisi pendant deux mois francs ; si le dernier jour est un samedi, un dimanche ou "
            "un jour férié, le délai va jusqu'au premier jour ouvrable.",
            "CJA, art. R. 421-1",
            "T, D report au jour ouvrable",
            (
                "appeal.court_months",
                "holidays.metropole",
                "holidays.alsace_moselle",
                "holidays.guadeloupe",
                "holidays.guyane",
                "holidays.martinique",
                "holidays.mayotte",
                "holidays.reunion",
            ),
        ),
        Rule(
            "APP-2",
            "the first appeal of its kind received in time interrupts the delay",
            "Un recours gracieux ou hiérarchique fait dans le délai l'interrompt ; s'il y en a deux, le délai repart "
            "quand les deux sont rejetés.",
            "CRPA, art. L. 411-2",
            "T",
        ),
        Rule(
            "APP-3",
            "implicit_rejection_on after implicit_rejection_months; a timely express rejection takes its place",
            "Deux mois de silence sur ce recours valent rejet et ouvrent un nouveau délai ; un rejet exprès notifié "
            "avant, ou pendant ce nouveau délai, en ouvre un à sa place.",
            "CRPA, art. L. 411-7 ; CJA, art. R. 421-2",
            "T",
            ("appeal.implicit_rejection_months",),
        ),
        Rule(
            "SIL-1",
            "papers_asked_on suspends a refusal by silence until papers_received_on or papers_deadline",
            "Demander des pièces manquantes suspend le délai d'un refus implicite jusqu'à leur arrivée ou jusqu'à la "
            "date fixée.",
            "CRPA, art. L. 114-5",
            "T",
        ),
        Rule(
            "SIL-2",
            "reasons asked within the delay are due in reasons_months; court_limit then runs from reasons_given_on",
            "Les motifs d'un refus implicite, demandés dans le délai de recours, sont dus sous un mois ; le délai de "
            "recours court alors deux mois à partir de leur communication.",
            "CRPA, art. L. 232-4",
            "T",
            ("silence.reasons_months",),
        ),
        Rule(
            "COM-1",
            "a convocation is received by meeting_on less convocation_days, unless urgent",
            "La convocation est reçue cinq jours au moins avant la séance, sauf urgence.",
            "CRPA, art. R. 133-8",
            "T",
            ("commission.convocation_days",),
        ),
        Rule(
            "COM-2",
            "present, remote and proxies_counted reach members times quorum_ratio, rounded up",
            "Le quorum est atteint quand les membres présents, à distance compris, et les mandats font la moitié au "
            "moins des membres, arrondie au-dessus.",
            "CRPA, art. R. 133-10",
            "T",
            ("commission.quorum_ratio",),
        ),
        Rule(
            "COM-3",
            "a second convocation, same agenda, that states no quorum is needed, waives it",
            "Après un quorum manqué, une seconde convocation sur le même ordre du jour, qui précise qu'aucun quorum "
            "n'est exigé, suffit.",
            "CRPA, art. R. 133-10",
            "T",
        ),
        Rule(
            "COM-4",
            "the majority of votes gives the opinion; on a tie the chair's vote decides",
            "L'avis est celui de la majorité des voix ; en cas de partage, la voix de la présidence décide si elle a "
            "voté.",
            "CRPA, art. R. 133-11",
            "T",
        ),
        Rule(
            "COM-5",
            "recused members take no part",
            "Un membre qui a un intérêt personnel, et l'association qui a préparé le dossier, ne prennent pas part au "
            "vote.",
            "CRPA, art. R. 133-12 ; CASF, art. R. 121-12-8",
            "T, C second article",
        ),
        Rule(
            "COM-6",
            "no more than max_proxies count for each holder",
            "Un membre ne porte qu'un mandat.",
            "CRPA, art. R. 133-9",
            "T",
            ("commission.max_proxies",),
        ),
        Rule(
            "COM-10",
            "recused members still count among members; few_taking_part warns under the quorum",
            "Les déports ne diminuent pas le nombre des membres ; une alerte paraît si moins de la moitié prennent "
            "part.",
            "CRPA, art. R. 133-10",
            "D",
            ("commission.quorum_ratio",),
        ),
        Rule(
            "COM-11",
            "abstentions are not votes cast; vote_base says what the majority is taken of",
            "Les abstentions ne sont pas des voix : la majorité se compte sur les suffrages exprimés.",
            "CRPA, art. R. 133-11",
            "C",
        ),
        Rule(
            "COM-14",
            "a member's mandate ends member_term_months after the naming",
            "Le mandat d'un membre de la commission dure trois ans.",
            "CASF, art. R. 121-12-7",
            "T",
            ("commission.member_term_months",),
        ),
        Rule(
            "COM-15",
            "the commission meets min_meetings_year times a year at least",
            "La commission se réunit une fois par an au moins.",
            "Sénat, rapport r16-677 (2017)",
            "T",
            ("commission.min_meetings_year",),
        ),
        Rule(
            "AGR-1",
            "a file is deemed complete after complete_months unless papers were asked by then",
            "Le dossier est réputé complet deux mois après sa réception si aucune pièce n'a été demandée.",
            "CASF, art. R. 121-12-3",
            "T",
            ("accreditation.complete_months",),
        ),
        Rule(
            "AGR-2",
            "tacit_months of silence from received_on, or completed_on, approve the association",
            "Quatre mois de silence à partir de la réception du dossier complet valent agrément.",
            "CASF, art. R. 121-12-3",
            "T, D point de départ",
            ("accreditation.tacit_months",),
        ),
        Rule(
            "AGR-3",
            "an approval lasts accreditation.months; the association was declared min_age_years before",
            "L'agrément vaut trois ans ; l'association est déclarée depuis trois ans au moins. Une alerte vient huit "
            "mois avant la fin.",
            "CASF, art. R. 121-12-1 et R. 121-12-3",
            "T, D alerte",
            ("accreditation.months", "accreditation.min_age_years", "accreditation.alert_months"),
        ),
        Rule(
            "AFIS-1",
            "four conditions on decision_on: age, residence, resources below rsa.single, exclusions",
            "Quatre conditions, au jour de la décision : dix-huit ans ; nationalité ou document de séjour prévu ; "
            "ressources du foyer, le mois précédant la demande, inférieures au RSA d'une personne seule ; ni "
            "bénéfice ni droit à une allocation qui exclut l'AFIS.",
            "CASF, art. R. 121-12-13-1",
            "T",
            ("afis.min_age", "afis.exclusions", "rsa.single", "countries.eu_eea_ch"),
        ),
        Rule(
            "AFIS-2",
            "amount is the base and a supplement for each dependent child",
            "L'aide est un montant mensuel fixe, augmenté pour chaque enfant à charge.",
            "CASF, art. D. 121-12-14 et D. 541-2-1",
            "T",
            (
                "afis.base",
                "afis.child",
                "afis.mayotte.base",
                "afis.mayotte.child_1_to_3",
                "afis.mayotte.child_4_plus",
            ),
        ),
        Rule(
            "AFIS-3",
            "grants have the dates of the authorisation or renewal",
            "L'aide est accordée pour la même durée que l'autorisation ou le renouvellement du parcours.",
            "CASF, art. R. 121-12-13",
            "T",
        ),
        Rule(
            "AFIS-4",
            "last_paid_month is not after the month of end_decision_on",
            "Une décision de fin arrête le versement à partir du mois qui suit sa signature.",
            "décret n° 2017-1635",
            "T",
        ),
        Rule(
            "AFIS-5",
            "children_changes count from the first of the next month",
            "Un changement du nombre d'enfants compte à partir du 1er du mois suivant ; l'organisme payeur confirme.",
            "convention",
            "D",
            ("afis.change_effective",),
        ),
        Rule(
            "AFIS-6",
            "arrears are due less paid, month by month",
            "Quand un montant augmente après le versement, le rappel est la différence, mois par mois.",
            "décret n° 2022-1340",
            "D",
        ),
        Rule(
            "AFIS-7",
            "months with another benefit are a possible_overpayment",
            "Un mois payé à la fois par l'AFIS et le RSA ou l'ADA est un indu possible, jamais un arrêt automatique.",
            "CASF, art. R. 121-12-13-1",
            "D",
        ),
        Rule(
            "AFIS-8",
            "new_facts call for a re-examination",
            "Un fait nouveau (emploi, famille, logement) appelle un réexamen, jamais un arrêt automatique.",
            "CASF, art. L. 121-9",
            "D",
        ),
        Rule(
            "MON-1",
            "month_rule says which months a grant pays",
            "Chaque mois civil qui compte un jour accordé est payé en entier, une fois.",
            "aucun texte trouvé",
            "C",
            ("afis.month_rule",),
        ),
        Rule(
            "CAP-1",
            "with total_cap, household_resources and payable do not pass rsa.single",
            "Avec ce réglage, les ressources et l'AFIS ensemble ne dépassent pas le montant du RSA.",
            "rapport du Sénat, 2025",
            "C",
            ("rsa.single", "afis.total_cap"),
        ),
        Rule(
            "RSA-1",
            "RSA is to be checked from min_age or with a child, and by nationality, status or years of permit",
            "Le RSA est à vérifier, jamais décidé ici : dès vingt-cinq ans ou avec un enfant né ou à naître ; pour les "
            "Français, pour les ressortissants de l'EEE avec droit au séjour, pour les autres après cinq ans de "
            "titre autorisant à travailler ou avec un statut protégé ; pas pour les étudiants.",
            "CASF, art. L. 262-4",
            "D",
            ("rsa.min_age", "rsa.third_country_permit_years", "countries.eu_eea_ch"),
        ),
        Rule(
            "APS-1",
            "aps_needed unless nationality or another document with work",
            "Le titre de séjour du parcours est nécessaire, sauf nationalité européenne ou autre document permettant "
            "de séjourner et de travailler.",
            "CESEDA, art. L. 425-4",
            "D",
            ("countries.eu_eea_ch",),
        ),
        Rule(
            "APS-2",
            "an aps_l425_4 lasts min_months at least; alert when it ends before the period",
            "Ce titre dure six mois au moins ; une alerte paraît s'il finit avant la période du parcours.",
            "CESEDA, art. L. 425-4",
            "T, D alerte",
            ("aps.min_months",),
        ),
        Rule(
            "APS-3",
            "delay_days count from decision_on to the permit and to the receipt",
            "On mesure le délai entre la décision de parcours et la remise du titre, et celle du récépissé.",
            "instruction du 13 avril 2022",
            "D",
        ),
        Rule(
            "APS-4",
            "next_request_on and registration_alert_on come before last_document_end",
            "Le titre suivant se demande soixante jours avant la fin ; l'inscription à France Travail se surveille "
            "quarante-cinq jours avant.",
            "CESEDA, art. R. 431-5 ; code du travail, art. L. 5411-4",
            "C",
            ("aps.request_days", "aps.registration_alert_days"),
        ),
        Rule(
            "PER-1",
            "propose_l425_1 with complaint_on and links_broken",
            "Une plainte, les liens étant rompus, ouvre la carte de l'article L. 425-1 ; le parcours continue.",
            "CESEDA, art. L. 425-1",
            "D",
            ("permit.l425_1.months", "permit.first_receipt_months", "permit.resident.years"),
        ),
        Rule(
            "PER-2",
            "a reflection_receipt ends reflection.days after issued_on",
            "Le délai de réflexion finit trente jours après la remise, jour de remise non compté.",
            "CESEDA, art. R. 425-1 et R. 425-2",
            "T, D décompte",
            ("reflection.days",),
        ),
        Rule(
            "DAT-1",
            "review_on is active_months after last_contact_on; holds keep the data",
            "Les données actives sont revues vingt-quatre mois après le dernier contact ; un motif légal peut les "
            "conserver.",
            "CNIL, délibération n° 2021-028",
            "T",
            ("retention.active_months",),
        ),
        Rule(
            "DAT-2",
            "places end places_days after housed_until, else closed_on; notes notes_months after closed_on; a first "
            "contact first_contact_months after last_contact_on",
            "Les lieux de vie sont gardés trente jours après la fin de l'hébergement, ou la clôture si cette fin n'est "
            "pas connue ; les notes de suivi, douze mois après la clôture ; un premier contact resté sans suite, six "
            "mois.",
            "CNIL, délibération n° 2021-028",
            "D",
            ("retention.places_days", "retention.notes_months", "retention.first_contact_months"),
        ),
        Rule(
            "DAT-4",
            "a file in no package ends unused_files_months after its receipt; a session's copy is held "
            "session_copy_months at most",
            "Un fichier qui n'est parti avec aucune demande est gardé douze mois ; un dossier de séance est retenu "
            "pour un recours vingt-quatre mois au plus.",
            "CNIL, délibération n° 2021-028",
            "D",
            ("retention.unused_files_months", "retention.session_copy_months"),
        ),
        Rule(
            "DAT-3",
            "a request on one's data is answered within answer_months, extended once by extension_months",
            "Une demande de la personne sur ses données reçoit sa réponse dans le mois ; une demande complexe, dans "
            "les deux mois de plus, et la personne en est avertie avec la raison.",
            "RGPD, art. 12",
            "T",
            ("rights.answer_months", "rights.extension_months"),
        ),
        Rule(
            "CIVI-1",
            "claim_until is the later of years from offence_on and after_decision_years from final_decision_on",
            "La commission d'indemnisation se saisit dans les trois ans de l'infraction, ou dans l'année de la "
            "décision pénale définitive si c'est plus tard.",
            "code de procédure pénale, art. 706-5",
            "T",
            ("civi.years", "civi.after_decision_years"),
        ),
        Rule(
            "EMP-1",
            "sign_by is contract_months after orientation_notified_on, or transition_until",
            "Le contrat d'engagement se signe dans le mois qui suit la notification de l'orientation ; pour les "
            "personnes suivies avant 2025, au plus tard le 1er janvier 2027.",
            "code du travail, art. D. 5411-14-1",
            "T",
            ("ft.contract_months", "ft.transition_until"),
        ),
        Rule(
            "EMP-2",
            "prescriber_decision, one level_1 criterion, or enough level_2 criteria; in_psp never counts",
            "L'insertion par l'activité économique s'ouvre par décision d'un prescripteur, par un critère de niveau 1, "
            "ou par deux (AI, ETTI) ou trois (ACI, EI, EITI) critères de niveau 2. Le parcours n'en est pas un.",
            "code du travail, art. R. 5132-1-7",
            "T",
            ("iae.level2.ai_etti", "iae.level2.aci_ei_eiti"),
        ),
        Rule(
            "EMP-3",
            "agreements last max_months, renewable once; over twelve months, max_agreements_12m and max_days_12m",
            "L'immersion dure un mois de date à date, renouvelable une fois ; dans une même structure, sur douze mois, "
            "deux conventions et soixante jours au plus.",
            "code du travail, art. D. 5135-3",
            "T",
            (
                "immersion.max_months",
                "immersion.max_agreements_12m",
                "immersion.max_days_12m",
                "immersion.window_months",
            ),
        ),
        Rule(
            "EMP-4",
            "pass_until is iae.pass_months from pass_receipt_on",
            "Le parcours d'insertion par l'activité économique finit vingt-quatre mois après la réception du PASS IAE.",
            "code du travail, art. R. 5132-1-2",
            "T",
            ("iae.pass_months",),
        ),
    )
}
