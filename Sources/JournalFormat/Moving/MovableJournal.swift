package import Journal

/// The events of a journal, for a copy in another store. A gateway may write to the journal meanwhile.
package protocol MovableEvents: Sendable {
    /// Tells the journal from all others.
    var journalID: String { get }
    /// The key of its identity hash.
    var identityKey: SipHash { get }

    /// The numbers from the oldest event to the newest one; nil if there is none.
    func movedNumbers() async throws(StoreError) -> ClosedRange<Int64>?

    /// All that numbers in chunks and rows stand for.
    func movedNames() async throws(StoreError) -> MovedNames

    /// The next chunks in journal order: at least one if there is one, and more up to the limit.
    /// - Parameter number: they begin after this event.
    func movedChunks(after number: Int64, limitBytes: Int) async throws(StoreError) -> [MovedChunk]

    /// The numbers of the first events of the chunks that begin in a range.
    func movedChunkNumbers(in range: ClosedRange<Int64>) async throws(StoreError) -> [Int64]
}

/// A journal that can be read as a whole, so that another store can take it over. Nobody writes to it meanwhile.
package protocol MovableJournal: MovableEvents {
    /// How much there is.
    func contents() async throws(StoreError) -> MovedContents

    /// The delivered runs that have events of a range, and the events of it that have a row in ``MovedTable/deliveries``.
    func movedOutcomes(of range: ClosedRange<Int64>) async throws(StoreError) -> MovedOutcomes

    /// The next rows of a table, in the order of its key.
    /// - Parameter key: of the row before them; nil for the first ones.
    func movedRows(of table: MovedTable, after key: [MovedValue]?, limit: Int) async throws(StoreError)
        -> [[MovedValue]]

    /// The events that may be on their way to a vendor, by the number of the account.
    func movedIntents() async throws(StoreError) -> [Int64: [Int64]]

    /// How many events wait for each provider.
    func movedBacklogs() async throws(StoreError) -> [String: Int]

    /// Notes that the journal was moved: it cannot be opened any more.
    /// - Parameter target: where it is now, for people.
    func markMoved(to target: String) async throws(StoreError)
}

/// How much a journal has, for progress and for the comparison at the end.
package struct MovedContents: Sendable, Equatable {
    package let chunks: Int
    package let events: Int
    package let runs: Int
    /// Rows by table.
    package let rows: [MovedTable: Int]
    /// The highest number that retention has removed; 0 if it has removed nothing.
    package let removed: Int64

    package init(chunks: Int, events: Int, runs: Int, rows: [MovedTable: Int], removed: Int64) {
        self.chunks = chunks
        self.events = events
        self.runs = runs
        self.rows = rows
        self.removed = removed
    }
}

/// What numbers stand for.
package struct MovedNames: Sendable, Equatable {
    /// Who sent events.
    package struct Origin: Sendable, Equatable {
        package let number: Int64
        package let tenant: String
        package let client: String

        package init(number: Int64, tenant: String, client: String) {
            self.number = number
            self.tenant = tenant
            self.client = client
        }
    }

    /// Where events go.
    package struct Plan: Sendable, Equatable {
        package let number: Int64
        package let encoded: [UInt8]

        package init(number: Int64, encoded: [UInt8]) {
            self.number = number
            self.encoded = encoded
        }
    }

    /// Who gets them.
    package struct Account: Sendable, Equatable {
        package let number: Int64
        package let name: String
        /// All events up to this one have an outcome.
        package let cursor: Int64
        /// Whether it is the account of a lane.
        package let isLane: Bool

        package init(number: Int64, name: String, cursor: Int64, isLane: Bool) {
            self.number = number
            self.name = name
            self.cursor = cursor
            self.isLane = isLane
        }
    }

    package let origins: [Origin]
    package let plans: [Plan]
    package let accounts: [Account]

    package init(origins: [Origin], plans: [Plan], accounts: [Account]) {
        self.origins = origins
        self.plans = plans
        self.accounts = accounts
    }
}

/// A chunk as it is stored.
package struct MovedChunk: Sendable, Equatable {
    package let first: Int64
    package let count: Int64
    /// The earliest and the latest time of acceptance, in milliseconds.
    package let acceptedFirst: Int64
    package let acceptedLast: Int64
    /// How many of its events each account gets.
    package let accounts: [Int64]
    package let counts: [Int]
    package let content: [UInt8]

    package init(
        first: Int64,
        count: Int64,
        acceptedFirst: Int64,
        acceptedLast: Int64,
        accounts: [Int64],
        counts: [Int],
        content: [UInt8]
    ) {
        self.first = first
        self.count = count
        self.acceptedFirst = acceptedFirst
        self.acceptedLast = acceptedLast
        self.accounts = accounts
        self.counts = counts
        self.content = content
    }

    package var last: Int64 { first + count - 1 }
}

/// What is settled of a range of the journal.
package struct MovedOutcomes: Sendable, Equatable {
    /// Events of one account that were delivered together.
    package struct Run: Sendable, Equatable {
        package let account: Int64
        package let first: Int64
        package let last: Int64
        package let at: Int64
        package let latency: Int64
        package let httpStatus: Int64?
        package let deduplicated: Bool
        package let skipped: Bool
        /// As ``RunMembers`` has them.
        package let members: [UInt8]?

        package init(
            account: Int64,
            first: Int64,
            last: Int64,
            at: Int64,
            latency: Int64,
            httpStatus: Int64?,
            deduplicated: Bool,
            skipped: Bool,
            members: [UInt8]?
        ) {
            self.account = account
            self.first = first
            self.last = last
            self.at = at
            self.latency = latency
            self.httpStatus = httpStatus
            self.deduplicated = deduplicated
            self.skipped = skipped
            self.members = members
        }
    }

    /// An event and the account for which it has a row.
    package struct Row: Sendable, Hashable {
        package let account: Int64
        package let sequence: Int64

        package init(account: Int64, sequence: Int64) {
            self.account = account
            self.sequence = sequence
        }
    }

    /// In the order of their first events.
    package let runs: [Run]
    package let rows: Set<Row>

    package init(runs: [Run], rows: Set<Row>) {
        self.runs = runs
        self.rows = rows
    }
}
