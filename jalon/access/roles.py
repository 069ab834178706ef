"""The roles of the matrix. A role is held through a membership; COL and PER are held through one dossier."""

from enum import StrEnum


class Role(StrEnum):
    REF = "REF"  # référent·e, assigned to the dossier
    COL = "COL"  # colleague with a dated delegation
    MGR = "MGR"  # association manager
    ADM = "ADM"  # association account administrator
    EMP = "EMP"  # France Travail adviser
    SEC = "SEC"  # commission secretariat
    MEM = "MEM"  # commission member
    PRE = "PRE"  # préfet or delegate
    ETR = "ETR"  # foreigners' office
    PER = "PER"  # the person herself
    DPO = "DPO"  # data protection officer
    OPS = "OPS"  # platform operator
    STA = "STA"  # national statistician
    EXT = "EXT"  # employer or training body: no account
    PUB = "PUB"  # anyone


class Relation(StrEnum):
    ASSIGNED = "assigned"
    SAME_ORG = "same_org"
    SAME_DEPT = "same_dept"
    NONE = "none"


class Action(StrEnum):
    EXIST = "exist"
    READ = "read"
    CREATE = "create"
    EDIT = "edit"
    COMMENT = "comment"
    SIGN = "sign"
    TRANSMIT = "transmit"
    EXPORT = "export"
    WITHDRAW = "withdraw"
    PURGE = "purge"


class Condition(StrEnum):
    AGREEMENT = "agreement"
    STEPUP = "stepup"
    WINDOW = "window"
    SHARE = "share"
    BREAKGLASS = "breakglass"
    FOUREYES = "foureyes"


STAGES = tuple(f"S{n}" for n in range(8))
COMPARTMENTS = tuple(f"C{n}" for n in range(1, 18))
