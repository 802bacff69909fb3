/// What gateways share beside the journal: client keys, rate limits, what each reports and has counted, and the dashboard's sessions.
enum SharedTables {
    /// In this order, each by itself.
    static let statements = [
        clientKeys, clientKeyChanges, allotments, reports, "CREATE TABLE sessions(\(sessionColumns))",
        "CREATE TABLE figures(\(figuresColumns))",
    ]

    /// Times are those of the gateways' clocks, by which keys are valid.
    static let clientKeys = """
        CREATE TABLE client_keys(
            number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE, digest bytea NOT NULL UNIQUE,
            client text NOT NULL, origin text NOT NULL, created_at int8 NOT NULL, not_before int8, expires_at int8,
            revoked_at int8
        )
        """

    /// At most one row: how often keys were changed.
    static let clientKeyChanges = """
        CREATE TABLE client_key_changes(single bool PRIMARY KEY CHECK (single), number int8 NOT NULL) WITH (fillfactor = 50)
        """

    /// What is left of a rate limit that nodes share, when that was so, and how many tokens were given then. At most a few rows for each
    /// client of `routes.json`.
    static let allotments = """
        CREATE TABLE allotments(
            client text NOT NULL, what text NOT NULL, tokens float8 NOT NULL, given float8 NOT NULL, at timestamptz NOT NULL,
            PRIMARY KEY(client, what)
        ) WITH (fillfactor = 50)
        """

    /// What the owner of an account says of it every few seconds.
    static let reports = """
        CREATE TABLE reports(
            account int4 PRIMARY KEY, epoch int8 NOT NULL, at timestamptz NOT NULL, waiting int8 NOT NULL, oldest int8,
            is_ready bool NOT NULL, detail text NOT NULL
        ) WITH (fillfactor = 50)
        """

    /// Sessions of browsers, by the digests of their tokens. At most a thousand rows.
    static let sessionColumns = """
        token bytea PRIMARY KEY, key bytea NOT NULL, opened_at timestamptz NOT NULL, used_at timestamptz NOT NULL
        """

    /// What a gateway has counted in a step of so many seconds. Two days are kept.
    static let figuresColumns = """
        seconds int4 NOT NULL, start int8 NOT NULL, node int8 NOT NULL, name text NOT NULL, content bytea NOT NULL,
            PRIMARY KEY(seconds, start, node)
        """
}
