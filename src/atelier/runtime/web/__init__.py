"""The web machinery: sessions and actors as dependencies, problems, pages, forms, headers, live streams."""
