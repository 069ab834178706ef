"""Under ``comptes/``. Names are those that allauth looks for; what it offers and we do not use has no URL."""

from django.urls import path

from . import views

urlpatterns = [
    path("connexion/", views.sign_in, name="account_login"),
    path("connexion/code/", views.code, name="mfa_authenticate"),
    path("deconnexion/", views.sign_out, name="account_logout"),
    path("confirmation/", views.confirm_by_code, name="mfa_reauthenticate"),
    path("confirmation/mot-de-passe/", views.confirm_by_password, name="account_reauthenticate"),
    path("application/", views.enrol, name="mfa_activate_totp"),
    path("codes-de-secours/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("mot-de-passe/", views.password, name="account_change_password"),
    path("sessions/fin/", views.end_session, name="account_end_session"),
    path("", views.account, name="account"),
]
