package import Events

/// What an operator can set about the store that several gateways share.
package struct PostgresStoreSettings: Sendable {
    /// A connection string of libpq: `postgresql://host1,host2/database?target_session_attrs=read-write`.
    package var address: Secret
    /// Takes the place of a password in the address.
    package var password: Secret?
    /// Where the tables are; several journals can share a database.
    package var schema = Self.usualSchema
    /// The name by which people know this gateway. With a stable name, a restarted gateway replaces its predecessor at once.
    package var nodeName = "tollgate"
    /// The gateway's version and the digest of its routes, for people and other gateways.
    package var (version, routesDigest): (String, [UInt8]) = ("", [])
    /// How long a gateway that does not answer keeps what it holds.
    package var lease: Duration = .seconds(10)
    /// Appends that are in flight at once, each in a stream of its own.
    package var slots = 2
    /// Connections for lists and the archive.
    package var readers = 4
    /// Whether statements are prepared; off after a pooler that cannot.
    package var prepares = true
    /// Whether the store opens although the database may lose what it has committed.
    package var allowsDataLoss = false
    /// How long a call waits for a database that cannot be reached.
    package var outagePatience: Duration = .seconds(5)
    /// How long a client is asked to wait when the store is full.
    package var retryAfterFull: Duration = .seconds(5)
    /// Maximum events that may wait for one provider; at it, appending throws ``StoreError/full(retryAfter:)``. It may be exceeded by the
    /// events of a few seconds. Nil: no limit.
    package var backlogLimitEvents: Int?
    /// Maximum bytes of the database, with everything in it; at it, appending throws ``StoreError/full(retryAfter:)``. Nil: no limit.
    package var diskLimitBytes: Int?
    /// Bytes of recently written or read events that are kept in memory.
    package var cacheBytes = 32 << 20
    /// Bytes of events that may wait for an append.
    package var waitingBytes = 64 << 20
    /// Bytes of events that one append takes from those that wait; a request is never split.
    package var commitBytes = 4 << 20
    /// Bytes of events after which an append starts another chunk.
    package var chunkBytes = 256 << 10
    /// Bytes of events and deliveries after which a page ends; its first event always fits.
    package var pageBytes = 8 << 20
    /// How long a search continues before it says how far it came.
    package var searchTimeLimit: Duration = .seconds(10)
    /// How much longer one continues that cannot say that yet, or that cannot be told in part.
    package var searchPatience: Duration = .seconds(20)
    /// When a part of the identities is closed and the next begins.
    package var identityPart = IdentityPartLimits()
    /// How many entries of each category the audit log keeps.
    package var auditEntriesPerCategory = 100_000
    /// The node that this process follows, if that has certainly ended: its leases are released at the start.
    package var predecessor: Int64?
    /// Called with each number under which this gateway enters the list of nodes, before it holds anything.
    package var registered: @Sendable (Int64) -> Void = { _ in }
    /// How many of the upper bits of an identity's hash count; fewer than 64 make collisions for tests.
    package var identityHashBits = 64

    /// - Parameter address: a connection string of libpq.
    package init(address: Secret) {
        self.address = address
    }

    /// The schema of a journal by default.
    package static let usualSchema = "tollgate"

    /// The servers and the database, for people.
    var display: String { StoreAddress(parsing: address.reveal())?.display ?? "the database" }

    /// For a connection of this store.
    /// - Parameters:
    ///   - name: what people see of it in `pg_stat_activity`.
    ///   - identity: the journal that it must lead to.
    func connection(
        _ name: String,
        session: [String: String] = [:],
        identity: JournalIdentity? = nil,
        reach: DatabaseReach? = nil
    ) -> ConnectionSettings {
        var settings = ConnectionSettings(
            address: address,
            password: password,
            schema: schema,
            name: "tollgate \(name)"
        )
        settings.prepares = prepares
        settings.session = session
        settings.identity = identity
        settings.reach = reach
        return settings
    }
}
