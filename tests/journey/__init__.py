"""The journey of two desktops and two servers on one PostgreSQL, behind one address, whatever is killed."""
