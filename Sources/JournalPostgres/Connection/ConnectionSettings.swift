import Events

/// How one connection reaches the database, and what it asks of it.
struct ConnectionSettings: Sendable {
    /// A connection string of libpq, as a URL or as words; may have a password.
    var address: Secret
    /// Takes the place of a password in the address.
    var password: Secret?
    var schema: String
    /// What people see of the connection in `pg_stat_activity`.
    var name: String
    /// Whether statements are prepared once for each connection. Without it, the session is left as the server gives it, so that a pooler
    /// may give each statement another one.
    var prepares = true
    /// How long a statement may go without an answer; then the connection is closed, and the outcome of the statement is unknown.
    var patience: Duration = .seconds(15)
    /// How long the server works on a statement.
    var statementTimeout: Duration = .seconds(10)
    /// How long a statement waits for a lock.
    var lockTimeout: Duration = .seconds(5)
    /// Settings for this connection alone, such as `synchronous_commit`.
    var session: [String: String] = [:]
    /// What every new session must lead to; nil: it is not known yet.
    var identity: JournalIdentity?
    /// Tells whether reads are worth a try.
    var reach: DatabaseReach?
    /// Tells when the connection is to be closed.
    var end: ConnectionEnd?

    /// What libpq is told, by its keywords. Whatever the address says otherwise comes after these, but for the password.
    var keywords: [(String, String)] {
        var words = [
            ("connect_timeout", "5"), ("tcp_user_timeout", "5000"), ("keepalives_idle", "5"),
            ("keepalives_interval", "2"), ("keepalives_count", "3"), ("application_name", name),
            ("client_encoding", "UTF8"), ("dbname", address.reveal()),
        ]
        if let password { words.append(("password", password.reveal())) }
        return words
    }

    /// What every session begins with; empty if it is left as it is.
    var preparation: String {
        guard prepares else { return "" }
        var values = [
            "search_path": Self.quoted(schema), "statement_timeout": "\(Self.milliseconds(statementTimeout))",
            "lock_timeout": "\(Self.milliseconds(lockTimeout))", "idle_in_transaction_session_timeout": "5000",
            "jit": "off", "plan_cache_mode": "force_generic_plan", "bytea_output": "hex",
        ]
        values.merge(session) { $1 }
        return values.sorted { $0.key < $1.key }.map { "SET \($0.key) = \($0.value)" }.joined(separator: "; ")
    }

    /// A name as SQL writes it.
    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }
}
