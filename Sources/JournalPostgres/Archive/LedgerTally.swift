import Events
import Journal
import JournalFormat

/// Counts the deliveries of a window's events, some chunks at a time.
struct LedgerTally: Sendable {
    private(set) var counts = LedgerCounts()
    private(set) var isDone = false
    private let window: RecordedWindow
    private var through = JournalPosition.start

    private static let chunksPerRead = 64
    private static let dayMilliseconds: Int64 = 86_400_000

    init(_ window: RecordedWindow) {
        self.window = window
    }

    /// Counts the next chunks.
    mutating func step(_ parts: StoreParts, _ session: PostgresSession) throws(PostgresFailure) {
        guard window.until > window.from else { return isDone = true }
        for end in try session.run(.readEnds, []) {
            let slot = Int16(clamping: end.integer(0))
            let place = through.number(inStream: UInt16(slot)).rawValue
            guard place < end.integer(1) else { continue }
            let rows = try parts.reader.rows(after: place, in: slot, limit: Self.chunksPerRead, session)
            for row in rows where window.mayContain(row.accepted) { try count(row, parts, session) }
            let last = rows.last?.last ?? end.integer(1)
            through = through.advanced(to: SequenceNumber(last), inStream: UInt16(slot))
            return
        }
        isDone = true
    }

    private mutating func count(_ row: ChunkRow, _ parts: StoreParts, _ session: PostgresSession)
        throws(PostgresFailure)
    {
        let chunk = try parts.reader.read(row, session) { (names) throws(ChunkFault) in try row.events(names: names) }
        guard let chunk else {
            let known = try session.run(.readDamage, []).first { $0.integer(0) == row.first }
            counts.damage.append(
                ChunkDamage(
                    first: SequenceNumber(row.first),
                    last: SequenceNumber(row.last),
                    reason: known?.text(2) ?? ""
                )
            )
            return
        }
        let names = parts.names.current
        var inside: [(Int64, AcceptedEvent)] = []
        var accounts: Set<Int32> = []
        for (offset, event) in chunk.events.enumerated() where window.contains(event) && !event.plan.isOfCanaries {
            inside.append((row.first + Int64(offset), event))
            accounts.formUnion(event.plan.destinations.compactMap { names.accountNumbers[$0.provider] })
        }
        guard !inside.isEmpty else { return }
        counts.events += inside.count
        let outcomes = try DeliveryOutcomes(of: inside.map(\.0), at: accounts, session)
        for (sequence, event) in inside { count(event, sequence, outcomes, names) }
    }

    private mutating func count(
        _ event: AcceptedEvent,
        _ sequence: Int64,
        _ outcomes: DeliveryOutcomes,
        _ names: NameTable
    ) {
        func add(_ status: DeliveryStatus, at provider: ProviderName, isByLane: Bool = false) {
            let time = event.timestamp.milliseconds
            let day = time / Self.dayMilliseconds - (time % Self.dayMilliseconds < 0 ? 1 : 0)
            let key = LedgerCounts.Key(
                provider: provider,
                name: event.name,
                day: Timestamp(milliseconds: day * Self.dayMilliseconds)
            )
            var one = LedgerCounts.Counts()
            one.add(status, isByLane: isByLane)
            counts.add(one, to: key)
        }
        for destination in event.plan.destinations {
            let account = names.accountNumbers[destination.provider]
            add(account.flatMap { outcomes.status(sequence, $0) } ?? .pending, at: destination.provider)
        }
        for lane in outcomes.lanes {
            if let status = outcomes.status(sequence, lane.number) { add(status, at: lane.provider, isByLane: true) }
        }
    }
}
