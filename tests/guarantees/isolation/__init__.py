"""S1: three tenants, everybody asks everything; nobody ever sees what is another's."""
