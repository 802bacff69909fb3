/// Comparisons with vendors: which there are, how far each is, and what it found.
enum ParityTables {
    /// In this order, each by itself.
    static let statements = [
        runs, providers, reads, windows, cells, causes, findings, findingsByRun, findingsByWindow, resends, acceptances,
        unbilled, watches,
    ]

    /// `node` makes the run, under `epoch`.
    static let runs = """
        CREATE TABLE parity_runs(
            id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, client text NOT NULL,
            requested_at int8 NOT NULL, events int8 NOT NULL DEFAULT 0, from_ms int8 NOT NULL, until_ms int8 NOT NULL,
            level text NOT NULL, sample int8 NOT NULL, state text NOT NULL DEFAULT 'queued', ended_at int8, reason text,
            epoch int8 NOT NULL DEFAULT 0, node int8
        ) WITH (fillfactor = 50)
        """

    static let providers = """
        CREATE TABLE parity_providers(
            run int8 NOT NULL, place int8 NOT NULL, provider text NOT NULL, least int8, most int8,
            not_planned int8 NOT NULL DEFAULT 0, extra_calls int8 NOT NULL DEFAULT 0, fault text,
            PRIMARY KEY(run, provider)
        )
        """

    static let reads = """
        CREATE TABLE parity_reads(
            run int8 NOT NULL, "window" int8 NOT NULL, provider text NOT NULL, calls int8 NOT NULL, counted_only int8 NOT NULL,
            summed int8 NOT NULL, sampled int8 NOT NULL, unreadable text,
            PRIMARY KEY(run, provider, "window")
        )
        """

    static let windows = """
        CREATE TABLE parity_windows(
            run int8 NOT NULL, from_ms int8 NOT NULL, until_ms int8 NOT NULL, state text NOT NULL, PRIMARY KEY(run, from_ms)
        )
        """

    static let cells = """
        CREATE TABLE parity_cells(
            run int8 NOT NULL, "window" int8 NOT NULL, provider text NOT NULL, name text NOT NULL, expected int8 NOT NULL,
            found int8 NOT NULL, missing int8 NOT NULL, extra int8 NOT NULL, different int8 NOT NULL,
            PRIMARY KEY(run, "window", provider, name)
        )
        """

    static let causes = """
        CREATE TABLE parity_causes(
            run int8 NOT NULL, "window" int8 NOT NULL, provider text NOT NULL, cause text NOT NULL, name text NOT NULL,
            count int8 NOT NULL, PRIMARY KEY(run, "window", provider, cause, name)
        )
        """

    static let findings = """
        CREATE TABLE parity_findings(
            number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run int8 NOT NULL, "window" int8 NOT NULL,
            provider text NOT NULL, key text NOT NULL, cause text NOT NULL, confirmed bool NOT NULL, sequence int8,
            tenant text, event_id text, vendor_id text, name text NOT NULL, customer_id text, subscription_id text,
            at_ms int8 NOT NULL, differences text, detail text, resolution text
        )
        """

    static let findingsByRun = "CREATE INDEX parity_findings_by_run ON parity_findings(run, number)"

    static let findingsByWindow = """
        CREATE INDEX parity_findings_by_window ON parity_findings(run, "window", provider)
        """

    static let resends = """
        CREATE TABLE parity_resends(
            sequence int8 NOT NULL, provider text NOT NULL, at_ms int8 NOT NULL, run int8 NOT NULL,
            PRIMARY KEY(sequence, provider, at_ms)
        )
        """

    static let acceptances = """
        CREATE TABLE parity_acceptances(
            number int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, cause text NOT NULL, provider text, name text,
            reason text NOT NULL, until_ms int8 NOT NULL, client text NOT NULL, at_ms int8 NOT NULL
        )
        """

    /// Of ``unbilled``.
    static let unbilledColumns = """
        provider text NOT NULL, event_id text NOT NULL, reason text NOT NULL, at_ms int8 NOT NULL,
        PRIMARY KEY(provider, event_id)
        """

    static let unbilled = "CREATE TABLE parity_unbilled(\(unbilledColumns))"

    static let watches = "CREATE TABLE parity_watches(\(watchColumns))"

    static let watchColumns = """
        kind text NOT NULL, provider text NOT NULL, state bytea NOT NULL, PRIMARY KEY(kind, provider)
        """
}
