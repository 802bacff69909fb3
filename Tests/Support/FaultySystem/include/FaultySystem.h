/* Loaded into a program under test (LD_PRELOAD); nothing in it is called by name. */
