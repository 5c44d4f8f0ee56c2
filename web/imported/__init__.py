"""A table that is compared with the ledger: what is told of its rows, on a page, in reports and by the command."""
