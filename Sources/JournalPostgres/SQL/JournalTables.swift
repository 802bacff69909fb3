/// What every journal has: who is there, what numbers stand for, and the events.
///
/// Nothing has a foreign key: it would lock rows that all share, and every row that is referred to stays forever.
enum JournalTables {
    /// In this order, each by itself.
    static let statements =
        [meta, nodes, slots, duties, origins, plans, accounts]
        + [chunks, chunksStayPacked, chunksImported, identityParts, identities(part: 1), identityFilters, damage]

    static let meta = "CREATE TABLE meta(name text PRIMARY KEY, value bytea NOT NULL)"

    static let nodes = """
        CREATE TABLE nodes(
            node int8 PRIMARY KEY, name text NOT NULL, version text NOT NULL, format int4 NOT NULL, routes bytea NOT NULL,
            started_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL,
            watches bool NOT NULL DEFAULT false, draining bool NOT NULL DEFAULT false
        ) WITH (fillfactor = 50)
        """

    /// `removed` is the highest number of the slot that retention has removed: it is never given again. `parts` is the lowest number that the
    /// newest part of the identities must have for whoever appends.
    static let slots = """
        CREATE TABLE slots(
            slot int2 PRIMARY KEY CHECK (slot BETWEEN 0 AND 1023), epoch int8 NOT NULL DEFAULT 0, node int8,
            removed int8 NOT NULL DEFAULT 0, parts int4 NOT NULL DEFAULT 0
        ) WITH (fillfactor = 50)
        """

    static let duties = """
        CREATE TABLE duties(name text PRIMARY KEY, epoch int8 NOT NULL DEFAULT 0, node int8) WITH (fillfactor = 50)
        """

    static let origins = """
        CREATE TABLE origins(
            number int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, client text NOT NULL,
            UNIQUE(tenant, client)
        )
        """

    static let plans = """
        CREATE TABLE plans(
            number int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, digest bytea NOT NULL UNIQUE, encoded bytea NOT NULL
        )
        """

    static let accounts = """
        CREATE TABLE accounts(
            number int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE,
            epoch int8 NOT NULL DEFAULT 0, node int8, taken_at timestamptz
        ) WITH (fillfactor = 50)
        """

    static let chunks = """
        CREATE TABLE chunks(
            slot int2 NOT NULL, first int8 NOT NULL, count int2 NOT NULL,
            accepted_first int8 NOT NULL, accepted_last int8 NOT NULL,
            accounts int4[] NOT NULL, counts int2[] NOT NULL, content bytea NOT NULL,
            PRIMARY KEY(slot, first)
        ) PARTITION BY RANGE (first)
        """

    /// The content is packed already.
    static let chunksStayPacked = "ALTER TABLE chunks ALTER content SET STORAGE EXTERNAL"

    static let chunksImported =
        "CREATE TABLE chunks_imported PARTITION OF chunks FOR VALUES FROM (0) TO (1099511627776)"

    static let identityParts = """
        CREATE TABLE identity_parts(
            number int4 PRIMARY KEY, state text NOT NULL CHECK (state IN ('open', 'overlapping', 'closed')),
            opened_at timestamptz NOT NULL DEFAULT now(), newest int8, has_filter bool NOT NULL DEFAULT false
        )
        """

    /// A part of the identities. Logged: an unlogged one is empty after a crash, and the first repeat after that would be billed twice.
    static func identities(part: Int32) -> String {
        "CREATE TABLE identities_\(part)(key int8 PRIMARY KEY, place int8 NOT NULL)"
    }

    static let identityFilters = """
        CREATE TABLE identity_filters(
            part int4 NOT NULL, block int4 NOT NULL, bits bytea NOT NULL, PRIMARY KEY(part, block)
        )
        """

    static let damage = """
        CREATE TABLE damage(
            slot int2 NOT NULL, first int8 NOT NULL, last int8 NOT NULL, reason text NOT NULL, PRIMARY KEY(slot, first)
        )
        """
}
