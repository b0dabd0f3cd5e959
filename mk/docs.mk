# Man pages and completions, generated from the option tables.
.PHONY: docs
docs:
