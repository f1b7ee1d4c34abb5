SELECT intent.*, ARRAY(SELECT tag.key FROM jsonb_each_text(tags) tag ORDER BY tag.key) AS tag_names,
       ARRAY(SELECT tag.value FROM jsonb_each_text(tags) tag ORDER BY tag.key) AS tag_values
FROM intent
WHERE organisation = ? AND start_id = ?
ORDER BY created_at
LIMIT ?
