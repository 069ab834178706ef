from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_append_only"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(condition=models.Q(("verb", "read")), fields=["actor", "at"], name="journal_read_by"),
        ),
    ]
