UPDATE api_key SET revoked_at = ?, version = ? WHERE organisation = ? AND id = ? AND revoked_at IS NULL
