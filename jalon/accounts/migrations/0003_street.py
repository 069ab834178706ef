from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_rate_limits")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="street",
            field=models.CharField(blank=True, default="", editable=False, max_length=129),
        ),
    ]
