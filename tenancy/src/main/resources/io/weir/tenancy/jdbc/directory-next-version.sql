-- Takes the row's lock until the transaction ends: versions are given out in the order of commits.
UPDATE directory_version SET version = version + 1 RETURNING version
