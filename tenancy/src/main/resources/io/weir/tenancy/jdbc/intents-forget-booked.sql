-- An intent and its end that were written at the same moment did not see each other: the end stands.
DELETE FROM intent USING ledger_entry l
WHERE intent.organisation = ? AND l.request_id = intent.request_id AND l.attempt = intent.attempt AND l.kind = 'USAGE'
