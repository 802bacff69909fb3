import Events
import Parity
import Randomness
import Routing

/// Compares one window at one provider, by listing it or by counting first.
struct ProviderComparison {
    private var reader: WindowReader
    private var expected: [ExpectedEvent]
    /// What the events were sent with.
    private let settings: [DestinationSettings]
    private let window: ReadWindow
    private let decision: CauseDecision
    private let run: ParityRun
    /// Where the vendor's sums agree with the journal's; nil if it shows none.
    private let sums: SumComparison?
    /// Events in parts whose counts agree, which were not compared one by one.
    private var countedOnly = 0
    /// Those among them whose sums agree, too.
    private var summed = 0
    /// Parts that were compared although their counts agree: pages, or single events.
    private var sampledParts = 0
    /// The parts that are listed, with their rows.
    private var listed: [(part: ReadWindow, rows: [WindowRow])] = []
    /// The events of other parts that are looked up, with their rows.
    private var drawn: Set<SequenceNumber> = []
    private var found: [WindowRow] = []

    init(
        _ window: ReadWindow,
        of run: ParityRun,
        _ expected: [ExpectedEvent],
        sentWith settings: [DestinationSettings],
        by reader: WindowReader,
        _ sums: SumComparison?,
        deciding decision: CauseDecision
    ) {
        self.window = window
        self.run = run
        self.expected = expected
        self.settings = settings
        self.reader = reader
        self.sums = sums
        self.decision = decision
    }

    /// - Parameter share: the share of parts with equal counts that are listed anyway.
    mutating func compare(share: Double) async throws(WindowReader.Failure) -> WindowResult {
        let pageSize = reader.traits.lists.pageSize
        let countingPays = CallForecast.countingPays(events: expected.count, pageSize: pageSize)
        if run.order.level == .full || !reader.traits.lists.isPaged || !countingPays {
            listed = [(window, try await reader.rows(in: window, times(in: window)))]
        } else {
            try await countParts(share)
        }
        return result()
    }

    /// Compares what was read with what the journal has now.
    mutating func compareAgain(with expected: [ExpectedEvent]) -> WindowResult {
        self.expected = expected
        return result()
    }

    private func times(in part: ReadWindow) -> [Timestamp] { expected.map(\.event.timestamp).filter(part.contains) }

    /// Counts part after part, and lists those that differ; a part with many events is counted again in smaller ones first.
    private mutating func countParts(_ share: Double) async throws(WindowReader.Failure) {
        let limit = reader.traits.lists.pageSize * DigestStep.firstPages
        var equal: [ReadWindow] = []
        var parts = WindowSlices.slices(of: window, times(in: window), ofAtMost: limit).reversed() as [ReadWindow]
        while let part = parts.popLast() {
            let events = expected.filter { part.contains($0.event.timestamp) }
            let delivered = events.count { $0.state.isDelivered }
            let step = DigestStep.next(
                delivered: delivered,
                possible: events.count - delivered,
                counted: try await reader.count(part),
                pageSize: reader.traits.lists.pageSize
            )
            switch step {
            case .equal: equal.append(part)
            case .list: try await list(part)
            case .split:
                let quarter = max(1, (events.count + 3) / 4)
                let smaller = WindowSlices.slices(of: part, events.map(\.event.timestamp), ofAtMost: quarter)
                if smaller.count > 1 { parts += smaller.reversed() } else { try await list(part) }
            }
        }
        try await sample(equal, share)
    }

    private mutating func list(_ part: ReadWindow) async throws(WindowReader.Failure) {
        listed.append((part, try await reader.rows(in: part, times(in: part))))
    }

    /// Lists the pages of the parts whose counts agree that have another sum, and compares some of the other events: whole pages, or single
    /// events where the vendor finds them by their ids. The same run draws the same ones again after a restart.
    private mutating func sample(_ equal: [ReadWindow], _ share: Double) async throws(WindowReader.Failure) {
        var random = SplitMix(
            seed: UInt64(bitPattern: run.id) &* SplitMix.increment ^ UInt64(bitPattern: window.from.milliseconds)
        )
        var lookups = DrawnEvents(reader.reader.comparison(of: [], sentWith: settings), reader.traits)
        for part in equal {
            for slice in WindowSlices.slices(of: part, times(in: part), ofAtMost: reader.traits.lists.pageSize) {
                let events = expected.filter { slice.contains($0.event.timestamp) }
                if sums?.differs(in: slice) ?? false {
                    try await list(slice)
                } else if lookups == nil {
                    if Double.random(in: 0..<1, using: &random) < share {
                        try await sample(slice)
                    } else {
                        note(events)
                    }
                } else {
                    let some = events.filter { _ in Double.random(in: 0..<1, using: &random) < share }
                    guard lookups?.add(some) ?? false else {
                        try await sample(slice)
                        continue
                    }
                    note(events.filter { event in !some.contains { $0 === event } })
                }
            }
        }
        if let lookups { try await lookUp(lookups) }
    }

    private mutating func sample(_ slice: ReadWindow) async throws(WindowReader.Failure) {
        try await list(slice)
        sampledParts += 1
    }

    /// Reads single events by their IDs, as many in a request as the vendor takes.
    private mutating func lookUp(_ events: DrawnEvents) async throws(WindowReader.Failure) {
        for request in events.requests {
            found += try await reader.rows(in: window, withIDs: request.ids, in: request.property)
        }
        drawn = events.sequences
        sampledParts += drawn.count
    }

    /// Counts events that are not compared one by one.
    private mutating func note(_ events: [ExpectedEvent]) {
        for event in events where !event.isCanary {
            countedOnly += 1
            if sums?.covers(event) ?? false { summed += 1 }
        }
    }

    /// Joins what was listed, what was looked up, and what the journal alone says of the rest.
    private func result() -> WindowResult {
        let rows = listed.count == 1 ? listed[0].rows : listed.flatMap(\.rows)
        let parts = listed.map(\.part)
        let isWhole = parts.first == window
        let compared =
            isWhole ? expected : expected.filter { event in parts.contains { $0.contains(event.event.timestamp) } }
        var comparison = compare(compared, with: rows)
        if !isWhole {
            let others = expected.filter { event in !parts.contains { $0.contains(event.event.timestamp) } }
            let sampled = others.filter { drawn.contains($0.sequence) }
            if !sampled.isEmpty { comparison.add(compare(sampled, with: found)) }
            let rest = others.filter { !drawn.contains($0.sequence) }
            comparison.add(.ledger(rest, at: reader.provider.name, deciding: decision))
        }
        return WindowResult(
            comparison: comparison,
            expected: expected.filter { !$0.isCanary },
            calls: reader.calls,
            countedOnly: countedOnly,
            summed: summed,
            sampledParts: sampledParts
        )
    }

    private func compare(_ expected: [ExpectedEvent], with rows: [WindowRow]) -> WindowComparison {
        WindowComparison.compare(
            expected,
            with: rows,
            { reader.reader.comparison(of: $0, sentWith: settings) },
            at: reader.provider.name,
            deciding: decision
        )
    }
}
