import Events
import GRDB
import Journal
import JournalFormat

/// The deliveries of one stretch of the journal, counted.
struct LedgerTally {
    /// Events whose deliveries are counted together.
    private struct Group: Hashable {
        let plan: UInt32
        /// The place in ``texts``.
        let name: Int
        /// Days since 1970.
        let day: Int64
    }

    /// Events whose deliveries by lanes are counted together.
    private struct LaneGroup: Hashable {
        let provider: ProviderName
        let name: Int
        let day: Int64
    }

    private static let dayMilliseconds: Int64 = 86_400_000

    private let names: NameTable
    private let db: Database
    private(set) var events = 0
    var damage: [ChunkDamage] = []
    private var texts: [String] = []
    private var textNumbers: [[UInt8]: Int] = [:]
    /// Where the counts of a group begin: one for each of its plan's providers.
    private var groups: [Group: Int] = [:]
    private var counted: [LedgerCounts.Counts] = []
    private var countedByLane: [LaneGroup: LedgerCounts.Counts] = [:]
    private var outcomes: NeighbourOutcomes?
    private var last: (group: Group, place: Int, providers: [Int64])?
    private var lastPlan: (number: UInt32, isOfCanaries: Bool)?

    init(names: NameTable, db: Database) {
        self.names = names
        self.db = db
    }

    /// Adds the rows of a segment.
    /// - Parameter removed: what retention has removed since the segment was made.
    mutating func add(_ rows: IndexedRows, within range: ClosedRange<Int64>, besides removed: SequenceRanges) throws {
        let columns = rows.columns
        let known = texts.count
        for (_, text) in try columns.texts(of: .names) { texts.append(String(decoding: text, as: UTF8.self)) }
        let (plans, times) = (try columns.column(.plans), try columns.column(.timestamps))
        var facts: [(row: Int, name: Int64)] = []
        facts.reserveCapacity(rows.rows.count)
        try columns.column(.names).forEach(rows.rows) { facts.append(($0, $1)) }
        var (planNumbers, timestamps): ([Int64], [Int64]) = ([], [])
        plans.forEach(rows.rows) { planNumbers.append($1) }
        times.forEach(rows.rows) { timestamps.append($1) }
        let mayBeGone = removed.overlaps(columns.segment.range)
        for (index, fact) in facts.enumerated() {
            let sequence = rows.sequences[fact.row]
            guard range.contains(sequence), !mayBeGone || !removed.contains(sequence) else { continue }
            // From a file: it must be one of the segment's own names, whose numbers begin at 1, and a time that an event can have.
            guard fact.name >= 1, fact.name <= texts.count - known, Timestamp.range.contains(timestamps[index]) else {
                throw DamagedSegment(segment: columns.segment, fault: .damaged)
            }
            let name = known + Int(fact.name) - 1
            try add(sequence, plan: UInt32(clamping: planNumbers[index]), name: name, timestamps[index])
        }
    }

    /// Adds an event of a chunk.
    mutating func add(_ event: EventKeys, at sequence: Int64, of keys: ChunkKeys) throws {
        let text = Array(keys.bytes[event.name])
        let name = textNumbers[text] ?? texts.count
        if name == texts.count {
            texts.append(String(decoding: text, as: UTF8.self))
            textNumbers[text] = name
        }
        try add(sequence, plan: UInt32(clamping: event.plan), name: name, event.timestamp)
    }

    private mutating func add(_ sequence: Int64, plan: UInt32, name: Int, _ timestamp: Int64) throws {
        guard !isOfCanaries(plan) else { return }
        events += 1
        let day = timestamp / Self.dayMilliseconds - (timestamp % Self.dayMilliseconds < 0 ? 1 : 0)
        let (place, providers) = place(of: Group(plan: plan, name: name, day: day))
        guard !providers.isEmpty || !names.laneList.isEmpty else { return }
        let outcomes = try outcomes(around: sequence)
        for (index, provider) in providers.enumerated() {
            counted[place + index].add(outcomes.status(at: sequence, provider) ?? .pending)
        }
        for lane in outcomes.lanes {
            guard let status = outcomes.status(at: sequence, lane.number) else { continue }
            let group = LaneGroup(provider: lane.provider, name: name, day: day)
            countedByLane[group, default: LedgerCounts.Counts()].add(status, isByLane: true)
        }
    }

    private mutating func isOfCanaries(_ plan: UInt32) -> Bool {
        // Neighbours mostly have one plan.
        if let lastPlan, lastPlan.number == plan { return lastPlan.isOfCanaries }
        let isOfCanaries = names.plans[plan]?.plan.isOfCanaries ?? false
        lastPlan = (plan, isOfCanaries)
        return isOfCanaries
    }

    private mutating func place(of group: Group) -> (place: Int, providers: [Int64]) {
        if let last, last.group == group { return (last.place, last.providers) }
        let providers = names.plans[group.plan]?.providers ?? []
        let place = groups[group] ?? counted.count
        if place == counted.count {
            groups[group] = place
            counted += [LedgerCounts.Counts](repeating: LedgerCounts.Counts(), count: providers.count)
        }
        last = (group, place, providers)
        return (place, providers)
    }

    private mutating func outcomes(around sequence: Int64) throws -> NeighbourOutcomes {
        if let outcomes, outcomes.range.contains(sequence) { return outcomes }
        let first = sequence - sequence % Schema.runSpan
        let read = try NeighbourOutcomes(of: first...(first + Schema.runSpan - 1), names.laneList, in: db)
        outcomes = read
        return read
    }

    /// What was counted, by provider, name and day.
    func counts() -> LedgerCounts {
        var counts = LedgerCounts()
        counts.events = events
        counts.damage = damage
        for (group, place) in groups {
            let day = Timestamp(milliseconds: group.day * Self.dayMilliseconds)
            for (index, provider) in (names.plans[group.plan]?.providers ?? []).enumerated() {
                guard let provider = names.providers[provider] else { continue }
                counts.add(
                    counted[place + index],
                    to: LedgerCounts.Key(provider: provider, name: texts[group.name], day: day)
                )
            }
        }
        for (group, lane) in countedByLane {
            let day = Timestamp(milliseconds: group.day * Self.dayMilliseconds)
            counts.add(lane, to: LedgerCounts.Key(provider: group.provider, name: texts[group.name], day: day))
        }
        return counts
    }
}

/// The states of the deliveries of neighbouring events.
private struct NeighbourOutcomes {
    private struct Key: Hashable {
        let sequence: Int64
        let provider: Int64
    }

    let range: ClosedRange<Int64>
    private let runs: SettledRuns
    private var rows: [Key: DeliveryStatus] = [:]
    /// The lanes that have an outcome for one of the events.
    private(set) var lanes: [LaneAccount] = []

    init(of range: ClosedRange<Int64>, _ lanes: [LaneAccount], in db: Database) throws {
        self.range = range
        runs = try SettledRuns(of: range, in: db)
        let found = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT sequence, provider, status FROM deliveries WHERE sequence BETWEEN ? AND ?"),
            arguments: [range.lowerBound, range.upperBound]
        )
        while let row = try found.next() {
            try rows[Key(sequence: row.value(0), provider: row.value(1))] = DeliveryRow.status(row.value(2))
        }
        guard !lanes.isEmpty else { return }
        let accounts = Set(runs.accounts).union(rows.keys.map(\.provider))
        self.lanes = lanes.filter { accounts.contains($0.number) }
    }

    /// Nil if there is no outcome yet.
    func status(at sequence: Int64, _ provider: Int64) -> DeliveryStatus? {
        if !rows.isEmpty, let status = rows[Key(sequence: sequence, provider: provider)] { return status }
        return runs.status(at: sequence, provider)
    }
}
