import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Logging

@testable import JournalSQLite

/// The tables of a journal in memory, without a store: for the pieces that read and write rows.
struct MemoryJournal: Sendable {
    static let key = SipHash(key0: 1, key1: 2)
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let hash = IdentityHash(key: key)
    static let lago = plan("lago")
    static let polar = plan("polar")
    static let both = plan("lago", "polar")

    let names = JournalNames(NameTable(hash: hash))
    let damage = DamageLog(known: [], logger: logger)
    let cache: ChunkCache
    private let queue: DatabaseQueue

    /// - Parameter cacheBytes: of chunks that the reader remembers.
    init(cacheBytes: Int = 0) throws {
        cache = ChunkCache(limitBytes: cacheBytes)
        queue = try DatabaseQueue()
        try queue.writeWithoutTransaction { try Schema.prepare($0, path: "memory") }
    }

    var reader: JournalReader { JournalReader(names: names, cache: cache, damage: damage) }

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.read(body) }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value { try queue.write(body) }

    /// Runs a statement.
    func execute(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
    }

    /// All rows that a question finds, each with its values as text.
    func rows(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws -> [[String]] {
        try queue.read { db in
            try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
                row.databaseValues.map { Self.word(of: $0) }
            }
        }
    }

    private static func word(of value: DatabaseValue) -> String {
        switch value.storage {
        case .null: "-"
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): text
        case .blob(let data): data.map { "\($0)" }.joined(separator: " ")
        }
    }

    // MARK: Events

    static func plan(_ providers: ProviderName..., mode: DeliveryMode = .primary) -> Plan {
        Plan(
            route: nil,
            destinations: providers.map {
                Destination(provider: $0, adapter: AdapterName($0.rawValue), mode: mode)
            }
        )
    }

    /// - Parameter time: of acceptance, in milliseconds.
    static func event(
        _ id: Int,
        tenant: TenantID = "shop",
        scope: String = "",
        name: String = "api",
        customer: String? = "c",
        at time: Int64 = 0,
        occurred: Int64? = nil,
        properties: String? = nil,
        plan: Plan = lago
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                idScope: scope,
                name: name,
                customerID: customer,
                timestamp: occurred.map { Timestamp(milliseconds: $0) },
                properties: properties.map { JSONText(checked: $0) }
            ),
            id: EventID("event-\(id)"),
            in: Submission(tenant: tenant, client: "web", acceptedAt: Timestamp(milliseconds: time), plan: plan)
        )
    }

    /// Adds a chunk.
    /// - Returns: what is stored of it.
    @discardableResult
    func append(_ events: [AcceptedEvent], first: Int64) throws -> [UInt8] {
        let numbers = names.numbers(for: events)
        let encoded = EncodedEvents(events, origins: numbers.origins, plans: numbers.plans)
        var builder = ChunkBuilder(first: SequenceNumber(first), capacity: encoded.frames.count)
        builder.append(encoded.frames[...], count: events.count)
        let content = builder.finishPacked().stored
        var providers = ProviderCounts()
        let table = names.current
        for plan in numbers.plans {
            for provider in table.plans[plan]?.providers ?? [] { providers.add(1, for: provider) }
        }
        let times = events.map(\.acceptedAt.milliseconds)
        try execute(
            """
            INSERT INTO chunks(first, count, accepted_first, accepted_last, providers, content)
            VALUES(?, ?, ?, ?, ?, ?)
            """,
            [first, events.count, times.min() ?? 0, times.max() ?? 0, providers.encoded, Data(content)]
        )
        return content
    }

    /// Adds one chunk of so many events, with ids from the first number on.
    func append(_ range: ClosedRange<Int64>, at time: Int64 = 0, plan: Plan = lago) throws {
        try append(range.map { Self.event(Int($0), at: time, plan: plan) }, first: range.lowerBound)
    }

    /// Makes a chunk unreadable.
    func spoil(_ first: Int64) throws {
        try execute("UPDATE chunks SET content = x'00' WHERE first = ?", [first])
    }

    /// Adds a lane, with an account of its own.
    @discardableResult
    func addLane(_ number: Int64, of provider: ProviderName) -> LaneAccount {
        let name = Lane.account(of: LaneNumber(number), at: provider)
        let account = LaneAccount(
            lane: LaneNumber(number),
            number: names.register(name),
            provider: provider,
            adapter: AdapterName(provider.rawValue)
        )
        names.add(account)
        return account
    }
}
