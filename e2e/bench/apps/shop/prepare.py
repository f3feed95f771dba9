"""Makes the database of the Django project: 200 products in SQLite."""

import os
import sqlite3

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shop.sqlite3")
with sqlite3.connect(path) as database:
    database.execute(
        "CREATE TABLE shop_product (id integer PRIMARY KEY, name varchar(80), category varchar(20), price integer)"
    )
    database.execute("CREATE INDEX shop_product_category ON shop_product (category)")
    database.executemany(
        "INSERT INTO shop_product (name, category, price) VALUES (?, ?, ?)",
        [("Product %d" % number, "category-%d" % (number % 10), number * 99) for number in range(200)],
    )
