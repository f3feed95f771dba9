"""One page: the products of a category."""

from django.shortcuts import render
from django.urls import path

from shop.models import Product


def products(request, category):
    found = Product.objects.filter(category=category).order_by("-price")
    return render(request, "products.djhtml", {"category": category, "products": found})


urlpatterns = [path("<slug:category>/", products)]
