SELECT i.request_id, i.attempt,
       EXISTS (SELECT FROM ledger_entry l WHERE l.request_id = i.request_id AND l.attempt = i.attempt) AS ended,
       EXISTS (SELECT FROM intent o WHERE o.request_id = i.request_id AND o.attempt = i.attempt) AS standing
FROM unnest(?::uuid[], ?::smallint[]) AS i (request_id, attempt)
