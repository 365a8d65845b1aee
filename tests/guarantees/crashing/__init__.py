"""S3: servers and their PostgreSQL are killed under load; everything acknowledged is there, once."""
