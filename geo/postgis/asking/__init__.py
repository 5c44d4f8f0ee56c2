"""Questions as SQL: which rows a filter means, with every value bound and every name from a table of ours."""
