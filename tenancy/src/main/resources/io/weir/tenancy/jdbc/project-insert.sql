INSERT INTO project (organisation, tenant, id) VALUES (?, ?, ?)
