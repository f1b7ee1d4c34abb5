SELECT (SELECT coalesce(sum(amount_nanos), 0) FROM ledger_entry WHERE organisation = ? AND tenant = ? AND period_from = ?) AS settled,
       (SELECT coalesce(sum(held_nanos), 0) FROM intent WHERE organisation = ? AND tenant = ? AND period_from = ?) AS held
