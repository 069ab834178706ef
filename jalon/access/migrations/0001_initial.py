from django.db import migrations, models

import jalon.vault.ids
import jalon.vault.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                ("sealed", models.BinaryField(default=b"")),
                ("revision", models.PositiveIntegerField(default=0)),
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("user", models.CharField(max_length=22)),
                ("dossier_id", models.CharField(db_index=True, max_length=22)),
                ("category", models.CharField(max_length=20)),
                ("opened_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                ("reviewed_by", models.CharField(blank=True, default="", max_length=22)),
                ("verdict", models.CharField(blank=True, default="", max_length=12)),
                ("told_on", models.DateField(blank=True, null=True)),
                ("counted", models.BooleanField(default=True)),
            ],
            options={
                "indexes": [models.Index(fields=["user", "expires_at"], name="access_bg_user_expires")],
            },
        ),
        migrations.CreateModel(
            name="ReadingAlert",
            fields=[
                (
                    "id",
                    jalon.vault.models.IdField(
                        default=jalon.vault.ids.new_id, editable=False, max_length=22, primary_key=True, serialize=False
                    ),
                ),
                ("user", models.CharField(max_length=22)),
                ("organisation_id", models.CharField(max_length=22)),
                ("span", models.CharField(max_length=4)),
                ("on", models.DateField()),
                ("files", models.PositiveIntegerField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_by", models.CharField(blank=True, default="", max_length=22)),
            ],
            options={
                "indexes": [models.Index(fields=["organisation_id", "-on"], name="access_alert_org")],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "organisation_id", "span", "on"), name="access_alert_once")
                ],
            },
        ),
    ]
