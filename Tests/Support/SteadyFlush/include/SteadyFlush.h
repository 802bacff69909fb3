/* Loaded into a PostgreSQL server that is measured (LD_PRELOAD); nothing in it is called by name. */
