import services.durations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kpum_services', '0004_waivers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='servicecardpage',
            name='processing_duration',
            field=models.CharField(max_length=20, validators=[services.durations.validate_duration], verbose_name='processing time'),
        ),
    ]
