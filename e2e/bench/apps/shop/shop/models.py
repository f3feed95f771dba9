"""The one table; prepare.py makes it."""

from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=80)
    category = models.CharField(max_length=20)
    price = models.IntegerField()
