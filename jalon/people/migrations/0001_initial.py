import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import jalon.people.models
import jalon.vault.ids
import jalon.vault.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dossier",
            fields=[
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("department", models.CharField(max_length=3)),
                ("number", models.CharField(max_length=16, unique=True)),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("S0", "premier contact"),
                            ("S1", "préparation"),
                            ("S2", "demande transmise"),
                            ("S3", "en séance"),
                            ("S4", "avis rendu"),
                            ("S5", "en parcours"),
                            ("S6", "clos"),
                            ("S7", "effacé"),
                        ],
                        default="S0",
                        max_length=2,
                    ),
                ),
                ("opened_on", models.DateField()),
                ("last_contact_on", models.DateField()),
                ("next_due_on", models.DateField(blank=True, null=True)),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("erased_on", models.DateField(blank=True, null=True)),
                ("housed_until", models.DateField(blank=True, null=True)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("restricted", models.CharField(blank=True, default="", max_length=60)),
                ("contested", models.BooleanField(default=False)),
                ("audit_salt", models.BinaryField(default=jalon.people.models.new_salt)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dossiers",
                        to="directory.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("referent", "personne référente"),
                            ("delegate", "collègue en délégation"),
                            ("adviser", "agence emploi"),
                            ("person", "la personne elle-même"),
                        ],
                        max_length=10,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.organisation"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assignments", to="people.dossier"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("sealed", models.BinaryField(default=b"")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("given_on", models.DateField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="agreements", to="people.dossier"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("file", "tout le dossier"), ("notes", "notes de suivi"), ("places", "lieux de vie")],
                        default="file",
                        max_length=6,
                    ),
                ),
                ("proposed_on", models.DateField(blank=True, null=True)),
                ("erasable_on", models.DateField(blank=True, null=True)),
                ("erased_on", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=10)),
                ("visa", models.CharField(blank=True, default="", max_length=40)),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="erasures", to="people.dossier"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ErasureConsent",
            fields=[
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("file", "tout le dossier"), ("notes", "notes de suivi"), ("places", "lieux de vie")],
                        default="file",
                        max_length=6,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("expires_on", models.DateField()),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erasure_consents",
                        to="people.dossier",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("sealed", models.BinaryField(default=b"")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="identity", to="people.dossier"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Information",
            fields=[
                ("sealed", models.BinaryField(default=b"")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("told_at", models.DateTimeField()),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="informations", to="people.dossier"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                ("sealed", models.BinaryField(default=b"")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("ends_on", models.DateField()),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="people.dossier"
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RightsRequest",
            fields=[
                ("sealed", models.BinaryField(default=b"")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                (
                    "right",
                    models.CharField(
                        choices=[
                            ("access", "recevoir une copie de ses données"),
                            ("rectification", "faire corriger ses données"),
                            ("restriction", "geler une partie de son dossier"),
                            ("objection", "s'opposer à un usage de ses données"),
                            ("erasure", "faire effacer ses données"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "en attente de réponse"), ("granted", "acceptée"), ("refused", "refusée")],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("asked_on", models.DateField()),
                ("due_on", models.DateField()),
                ("answered_on", models.DateField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rights_requests", to="people.dossier"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SafeContact",
            fields=[
                ("sealed", models.BinaryField(default=b"")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("reviewed_on", models.DateField()),
                ("messages_stopped", models.BooleanField(default=False)),
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="safe_contact", to="people.dossier"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("sealed", models.BinaryField(default=b"")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("given_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="people.dossier"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.organisation"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("sealed", models.BinaryField(default=b"")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("about", models.CharField(db_index=True, max_length=22)),
                ("part", models.CharField(max_length=4)),
                ("written_on", models.DateField()),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="statements", to="people.dossier"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TrailReview",
            fields=[
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.DateField()),
                ("reviewed_on", models.DateField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[("nothing", "rien à signaler"), ("followup", "une suite est à donner")], max_length=8
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.organisation"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["organisation", "next_due_on", "id"], name="dossier_org_due"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["organisation", "stage", "next_due_on", "id"], name="dossier_org_stage_due"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["department", "stage", "next_due_on"], name="dossier_dep_stage_due"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["dossier", "user", "kind"], name="assignment_dossier_user"),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["user", "ends_on"], name="assignment_user"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="assignment_end_after_start",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "delegate"), _negated=True), ("ends_on__isnull", False), _connector="OR"
                ),
                name="delegation_has_end",
                violation_error_message="Une délégation a toujours une date de fin.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("dossier",),
                name="one_agreement_in_force",
                violation_error_message="Un accord est déjà en vigueur.",
            ),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("erased_on__isnull", True)), fields=("dossier", "part"), name="one_end_waits"
            ),
        ),
        migrations.AddConstraint(
            model_name="erasureconsent",
            constraint=models.UniqueConstraint(
                fields=("dossier", "part", "user"),
                name="one_consent_each",
                violation_error_message="Votre accord est déjà enregistré.",
            ),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["organisation", "dossier"], name="share_org_dossier"),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)),
                fields=("dossier", "organisation"),
                name="one_share_in_force",
                violation_error_message="Un partage avec cette organisation est déjà en vigueur.",
            ),
        ),
        migrations.AddConstraint(
            model_name="trailreview",
            constraint=models.UniqueConstraint(
                fields=("organisation", "month"),
                name="one_review_a_month",
                violation_error_message="Ce mois est déjà relu.",
            ),
        ),
    ]
