/// The outcome of deliveries, and what keeps them waiting.
///
/// Times are milliseconds since 1970, latencies microseconds.
enum LedgerTables {
    /// In this order, each by itself.
    static let statements =
        [
            cursors, delivered, deliveredImported, deliveries, deliveriesDue, deliveriesWaiting, deliveriesByAge,
            attempts, flights, amendments,
        ]
        + [holds, operatorHolds, nudges, revisions, revisionsByTenant]
        + [lanes, laneCounts, pins, migrationLog, shadowCounts, audit, auditByCategory]

    /// Up to where an account has walked through a stream; written about once a second.
    static let cursors = """
        CREATE TABLE cursors(
            account int4 NOT NULL, slot int2 NOT NULL, place int8 NOT NULL, PRIMARY KEY(account, slot)
        ) WITH (fillfactor = 50)
        """

    /// Runs: from first to last of one slot, but for events that have a row in `deliveries`. A run stays within 4096 numbers.
    /// `events` says how many events of the account are in it, `members` which, where first and last do not say it.
    static let delivered = """
        CREATE TABLE delivered(
            account int4 NOT NULL, slot int2 NOT NULL, first int8 NOT NULL, last int8 NOT NULL, events int4 NOT NULL,
            at int8 NOT NULL, latency int8 NOT NULL, http_status int2, deduplicated bool NOT NULL, skipped bool NOT NULL,
            members bytea,
            PRIMARY KEY(account, slot, first)
        ) PARTITION BY RANGE (first)
        """

    static let deliveredImported =
        "CREATE TABLE delivered_imported PARTITION OF delivered FOR VALUES FROM (0) TO (1099511627776)"

    /// `claim` is the epoch of the account under which the row is claimed: any other epoch's claim is void.
    static let deliveries = """
        CREATE TABLE deliveries(
            account int4 NOT NULL, sequence int8 NOT NULL, origin int4 NOT NULL, status text NOT NULL, attempts int4 NOT NULL,
            next_attempt_at int8, claim int8 NOT NULL DEFAULT 0, reached_at int8, reached_before bool NOT NULL DEFAULT false,
            fault_is_last_attempts bool NOT NULL, fault_code text, fault_message text, fault_vendor text,
            PRIMARY KEY(account, sequence)
        ) WITH (fillfactor = 80)
        """

    static let deliveriesDue =
        "CREATE INDEX deliveries_due ON deliveries(account, next_attempt_at) WHERE next_attempt_at IS NOT NULL"

    static let deliveriesWaiting =
        "CREATE INDEX deliveries_waiting ON deliveries(account, sequence) WHERE next_attempt_at IS NOT NULL"

    static let deliveriesByAge = "CREATE INDEX deliveries_by_age ON deliveries(sequence, account)"

    static let attempts = """
        CREATE TABLE attempts(
            account int4 NOT NULL, sequence int8 NOT NULL, ordinal int4 NOT NULL, at int8 NOT NULL, latency int8 NOT NULL,
            http_status int2, status text NOT NULL, deduplicated bool NOT NULL,
            fault_code text, fault_message text, fault_vendor text,
            PRIMARY KEY(account, sequence, ordinal)
        )
        """

    /// The newest row of an account names all that may be on its way to the vendor.
    static let flights = """
        CREATE TABLE flights(
            account int4 NOT NULL, epoch int8 NOT NULL, number int8 NOT NULL, sequences int8[] NOT NULL,
            PRIMARY KEY(account, epoch, number)
        )
        """

    /// Settings that took the place of those that an event was accepted with; kept as a plan with one destination.
    static let amendments = """
        CREATE TABLE amendments(
            account int4 NOT NULL, sequence int8 NOT NULL, first_attempt int4 NOT NULL, at int8 NOT NULL,
            client text NOT NULL, destination bytea NOT NULL,
            PRIMARY KEY(account, sequence, first_attempt)
        )
        """

    static let holds = """
        CREATE TABLE holds(
            account int4 PRIMARY KEY, until int8 NOT NULL, is_parked bool NOT NULL,
            fault_code text NOT NULL, fault_message text NOT NULL, fault_vendor text
        )
        """

    static let operatorHolds = """
        CREATE TABLE operator_holds(account int4 PRIMARY KEY, until int8 NOT NULL, client text NOT NULL, at int8 NOT NULL)
        """

    /// Rises when rows of the account have changed that its owner should look at.
    static let nudges = "CREATE TABLE nudges(account int4 PRIMARY KEY, number int8 NOT NULL) WITH (fillfactor = 50)"

    static let revisions = """
        CREATE TABLE revisions(
            number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, action text NOT NULL,
            filter text NOT NULL, client text NOT NULL, at int8 NOT NULL, changed int8 NOT NULL, busy int8 NOT NULL
        )
        """

    static let revisionsByTenant = "CREATE INDEX revisions_by_tenant ON revisions(tenant, number)"

    /// A lane's walk: after the position `first`, up to `through` if it has an end.
    static let lanes = """
        CREATE TABLE lanes(
            number int8 PRIMARY KEY, provider int4 NOT NULL, account int4 NOT NULL UNIQUE, adapter text NOT NULL,
            filter bytea NOT NULL, routes bytea NOT NULL, first text NOT NULL, through text, state text NOT NULL,
            rate float8 NOT NULL, started_by text NOT NULL, started_at int8 NOT NULL, changed_by text NOT NULL,
            changed_at int8 NOT NULL, ended_at int8
        )
        """

    static let laneCounts = """
        CREATE TABLE lane_counts(lane int8 NOT NULL, word text NOT NULL, events int8 NOT NULL, PRIMARY KEY(lane, word))
            WITH (fillfactor = 50)
        """

    static let pins = """
        CREATE TABLE pins(name text PRIMARY KEY, accepted_from int8 NOT NULL, expires_at int8 NOT NULL)
        """

    /// Acts of migrations; rows are only added.
    static let migrationLog = """
        CREATE TABLE migration_log(\(migrationLogColumns))
        """

    static let migrationLogColumns = """
        migration text NOT NULL, number int8 NOT NULL, action text NOT NULL, detail bytea NOT NULL, plan text,
            actor text NOT NULL, key_id text, at int8 NOT NULL, PRIMARY KEY(migration, number)
        """

    static let shadowCounts = """
        CREATE TABLE shadow_counts(
            account int4 NOT NULL, class text NOT NULL, field text NOT NULL, events int8 NOT NULL,
            first_at int8 NOT NULL, last_at int8 NOT NULL, samples int8[] NOT NULL,
            PRIMARY KEY(account, class, field)
        ) WITH (fillfactor = 50)
        """

    static let audit = """
        CREATE TABLE audit(
            number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, category text NOT NULL, at int8 NOT NULL,
            action text NOT NULL, tenant text, actor text, key_id text, remote_address text, details bytea NOT NULL
        )
        """

    static let auditByCategory = "CREATE INDEX audit_by_category ON audit(category, number)"
}
