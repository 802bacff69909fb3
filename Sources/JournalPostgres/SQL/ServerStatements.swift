/// What the server, the database and the role are like.
extension Statement {
    /// The server's version, as a number and as text.
    static let readVersion = read("SELECT current_setting('server_version_num')::int4, version()")

    /// The process of this session.
    static let readProcess = read("SELECT pg_backend_pid()")

    /// The database, its encoding, whether it only reads, and what a commit waits for.
    static let readServer = read(
        """
        SELECT current_database()::text, current_setting('server_encoding'), pg_is_in_recovery(),
            current_setting('default_transaction_read_only'), current_setting('fsync'),
            current_setting('full_page_writes'), current_setting('synchronous_commit')
        """
    )

    /// $1 a schema. No row: there is none.
    static let findSchema = read("SELECT 1 FROM pg_namespace WHERE nspname = $1")

    /// What the session's role may do with the schema $1, which need not exist.
    static let readRights = read(
        """
        SELECT current_user::text, current_database()::text, n.oid IS NOT NULL,
            has_database_privilege(current_database(), 'CREATE'),
            coalesce(has_schema_privilege(n.oid, 'USAGE'), false), coalesce(has_schema_privilege(n.oid, 'CREATE'), false),
            (SELECT min(c.relname)::text FROM pg_class c
                WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p') AND NOT pg_has_role(c.relowner, 'USAGE')),
            current_setting('search_path')
        FROM (SELECT 1) AS one LEFT JOIN pg_namespace n ON n.nspname = $1
        """
    )
}
