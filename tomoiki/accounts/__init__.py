"""Users, roles, the permission matrix, and how one gets in."""
