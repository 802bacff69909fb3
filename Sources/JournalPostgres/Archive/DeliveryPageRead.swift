import Events
import Journal
import JournalFormat

/// Reads a page of deliveries that have rows, or, if the filter asks for them, of those that the vendor knew at the first attempt.
struct DeliveryPageRead: Sendable {
    private(set) var isDone = false
    private let parts: StoreParts
    private let filter: DeliveryFilter
    private let limit: Int
    private let after: DeliveryCursor?
    /// The delivery that the page is after, and then the last that was examined.
    private var position: (sequence: Int64, account: Int32) = (0, 0)
    private var hasBegun = false
    private var found: [ArchivedDelivery] = []
    private var bytes = 0
    private var hasMore = false
    private var hasMoved = false

    /// Rows, or events, whose deliveries are examined in one step.
    private static let perStep = 256

    init(_ parts: StoreParts, _ filter: DeliveryFilter, after: DeliveryCursor?, limit: Int) {
        self.parts = parts
        self.filter = filter
        self.after = after
        self.limit = limit
    }

    /// What was found.
    var page: DeliveryPage {
        let next = parts.names.current.accounts[position.account].map { account in
            DeliveryCursor(sequence: SequenceNumber(position.sequence), provider: account)
        }
        return DeliveryPage(deliveries: found, next: hasMore ? next : nil)
    }

    mutating func step(_ session: PostgresSession) throws(PostgresFailure) {
        if !hasBegun, let after {
            let account = try parts.names.latest(session).accountNumbers[after.provider]
            position = (after.sequence.rawValue, account ?? 0)
        }
        hasBegun = true
        if filter.duplicateAtVendor { try stepDuplicates(session) } else { try stepRows(session) }
    }

    /// Ends the page with what was found.
    /// - Returns: false if nothing was examined yet: the next page would begin at the same place.
    mutating func endEarly() -> Bool {
        guard hasMoved else { return false }
        (hasMore, isDone) = (true, true)
        return true
    }

    private mutating func stepRows(_ session: PostgresSession) throws(PostgresFailure) {
        guard let (statement, parameters) = try query(session) else { return isDone = true }
        let rows = try session.run(statement, parameters)
        let accounts = rows.map { (sequence: $0.integer(0), account: Int32(clamping: $0.integer(1))) }
        try look(at: accounts, session)
        if rows.count < Self.perStep { isDone = true }
    }

    /// What the rows can tell; the rest is asked of the events.
    private func query(_ session: PostgresSession) throws(PostgresFailure) -> (Statement, [Parameter])? {
        let names = try parts.names.latest(session)
        var (accounts, origins, sequences): ([Int32]?, [Int32]?, [Int64]?) = (nil, nil, nil)
        if !filter.providers.isEmpty {
            accounts = filter.providers.compactMap { names.accountNumbers[$0] }
            for row in try session.run(.readLaneAccounts, []) {
                guard filter.providers.contains(ProviderName(row.text(2))) else { continue }
                accounts?.append(Int32(clamping: row.integer(1)))
            }
            if accounts?.isEmpty ?? true { return nil }
        }
        if let tenant = filter.tenant { origins = names.origins(of: tenant).map { Int32(clamping: $0) } }
        if !filter.eventIDs.isEmpty {
            let tenants = filter.tenant.map { [$0] } ?? Array(Set(names.origins.values.map(\.tenant)))
            let reads = IdentityReads(parts: parts, session: session)
            sequences = []
            for tenant in tenants {
                sequences? += try reads.events(withIDs: filter.eventIDs, of: tenant).map(\.sequence)
            }
        }
        let statuses: [String?]? = filter.statuses.isEmpty ? nil : filter.statuses.map(\.rawValue)
        let parameters: [Parameter] = [
            .int8(position.sequence), .int4(position.account), .texts(statuses), .int4s(accounts), .int4s(origins),
            .int8(Int64(Self.perStep)),
        ]
        guard let sequences else { return (.readDeliveryPage, parameters) }
        return (.readDeliveryPageOfEvents, parameters + [.int8s(sequences)])
    }

    private mutating func stepDuplicates(_ session: PostgresSession) throws(PostgresFailure) {
        let most = Parameter.int8(Int64(Self.perStep))
        let from = position.sequence
        var sequences = try session.run(.readDuplicateRows, [.int8(from), most]).map { $0.integer(0) }
        let span = Parameter.int8(from - from % RunMembers.span)
        let runs = try session.run(.readDuplicateRuns, [.int8(from), span, most]).map(RunRow.init)
        for run in runs { sequences += run.sequences(from: from) }
        // What is after the last of what came in full may be incomplete.
        let ends = [
            sequences.count >= Self.perStep ? sequences.prefix(Self.perStep).max() : nil,
            runs.count == Self.perStep ? runs.last.map { $0.first - 1 } : nil,
        ].compactMap(\.self)
        let ordered = Set(sequences).filter { number in ends.allSatisfy { number <= $0 } }.sorted()
        let accounts = try parts.names.latest(session).accounts.keys.sorted()
        try look(at: ordered.flatMap { sequence in accounts.map { (sequence, $0) } }, session)
        if !isDone, ends.isEmpty { isDone = true }
    }

    /// Adds those of these deliveries that the filter takes, as far as the page goes.
    private mutating func look(
        at places: [(sequence: Int64, account: Int32)],
        _ session: PostgresSession
    ) throws(PostgresFailure) {
        let sequences = Set(places.map(\.sequence)).sorted()
        let events = try parts.reader.chosenEvents(at: sequences, session)
        let names = try parts.names.latest(session)
        let archived = try DeliveryAssembly(names: names, session: session).archived(
            sequences.compactMap { sequence in events[sequence].map { (sequence, $0) } }
        )
        let known = Dictionary(archived.map { ($0.sequence.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
        for place in places where place > position {
            if let event = known[place.sequence], let account = names.accounts[place.account],
                let delivery = event.deliveries.first(where: { $0.account == account }),
                filter.takes(event.event, delivery)
            {
                let size = event.event.approximateBytes + delivery.approximateBytes
                guard found.count < limit, found.isEmpty || bytes + size <= parts.settings.pageBytes else {
                    (hasMore, isDone) = (true, true)
                    return
                }
                let cursor = DeliveryCursor(sequence: event.sequence, provider: account)
                found.append(ArchivedDelivery(cursor: cursor, event: event.event, delivery: delivery))
                bytes += size
            }
            position = place
            hasMoved = true
        }
    }
}

extension Delivery {
    /// The account whose delivery it is.
    fileprivate var account: ProviderName { lane.map { Lane.account(of: $0, at: provider) } ?? provider }
}
