SELECT sha256 FROM api_key WHERE organisation = ? AND id = ?
