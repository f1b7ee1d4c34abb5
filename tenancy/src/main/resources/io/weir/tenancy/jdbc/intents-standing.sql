SELECT o.request_id, o.attempt
FROM unnest(?::uuid[], ?::smallint[]) AS i (request_id, attempt)
JOIN intent o ON o.request_id = i.request_id AND o.attempt = i.attempt
