"""Under ``comptes/``. Names are those that allauth looks for; what it offers and we do not use has no URL."""

from django.urls import path

from . import views

urlpatterns = [
    path("connexion/", views.sign_in, name="account_login"),
    path("connexion/cle/", views.sign_in_by_passkey, name="account_passkey_login"),
    path("proconnect/", views.proconnect_start, name="account_proconnect"),
    path("proconnect/retour/", views.proconnect_back, name="account_proconnect_back"),
    path("proconnect/fin/", views.proconnect_end, name="account_proconnect_end"),
    path("connexion/code/", views.code, name="mfa_authenticate"),
    path("invitation/<str:token>/", views.invitation, name="account_invitation"),
    path("deconnexion/", views.sign_out, name="account_logout"),
    path("confirmation/", views.confirm, name="mfa_reauthenticate"),
    path("confirmation/", views.confirm, name="account_reauthenticate"),
    path("application/", views.enrol, name="mfa_activate_totp"),
    path("cle-demandee/", views.passkey_required, name="passkey_required"),
    path("cles/", views.own_passkeys, name="account_passkeys"),
    path("cles/retirer/", views.remove_passkey, name="account_remove_passkey"),
    path("codes-de-secours/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("mot-de-passe/", views.password, name="account_change_password"),
    path("ma-rue/", views.street, name="account_street"),
    path("sessions/fin/", views.end_session, name="account_end_session"),
    path("texte-garde/", views.kept_form, name="account_kept_form"),
    path("", views.account, name="account"),
]
