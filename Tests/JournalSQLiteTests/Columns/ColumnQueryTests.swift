import Events
import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// What a filter finds in the columns of a segment, against a look at each event.
@Suite struct ColumnQueryTests {
    private static let tenants: [TenantID] = ["a", "b"]
    private static let names = ["api", "storage", "caf\u{E9}", "cafe\u{301}"]
    private static let customers: [String?] = [nil, "", "c1", "c2", "c3"]
    private static let sources: [String?] = [nil, "web", "mobile"]
    private static let plans = [MemoryJournal.lago, MemoryJournal.polar, MemoryJournal.both]

    private static func event(_ number: Int, _ random: inout SplitMix) -> AcceptedEvent {
        let time = Int64.random(in: -5...40, using: &random)
        return AcceptedEvent(
            CanonicalEvent(
                name: names.randomElement(using: &random)!,
                customerID: customers.randomElement(using: &random)!,
                subscriptionID: customers.randomElement(using: &random)!,
                timestamp: Timestamp(milliseconds: time),
                source: sources.randomElement(using: &random)!
            ),
            id: EventID("e\(number)"),
            in: Submission(
                tenant: tenants.randomElement(using: &random)!,
                client: "web",
                acceptedAt: Timestamp(milliseconds: 0),
                plan: plans.randomElement(using: &random)!
            )
        )
    }

    private static func filter(_ random: inout SplitMix) -> EventFilter {
        func some(_ values: [String], _ random: inout SplitMix) -> [String] {
            guard Int.random(in: 0..<3, using: &random) == 0 else { return [] }
            return (0...Int.random(in: 0...2, using: &random)).map { _ in values.randomElement(using: &random)! }
        }
        func time(_ random: inout SplitMix) -> Timestamp? {
            guard Int.random(in: 0..<3, using: &random) == 0 else { return nil }
            return Timestamp(milliseconds: Int64.random(in: -8...45, using: &random))
        }
        return EventFilter(
            names: some(names + ["unknown"], &random),
            customerIDs: some(["", "c1", "c2", "c3", "c4"], &random),
            subscriptionIDs: some(["", "c1", "c2", "c3"], &random),
            sources: some(["web", "mobile", ""], &random),
            from: time(&random),
            before: time(&random),
            provider: ([nil, nil, "lago", "polar", "knetik"] as [ProviderName?]).randomElement(using: &random)!
        )
    }

    /// A look at each event.
    private static func takes(_ filter: EventFilter, _ tenant: TenantID, _ event: AcceptedEvent) -> Bool {
        event.tenant == tenant && filter.takes(event)
            && filter.provider.map { event.plan.destination(at: $0) != nil } ?? true
    }

    @Test(arguments: 1...25)
    func `finds the rows that a look at each event finds`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let journal = try MemoryJournal()
        let first = (0..<30).map { Self.event($0, &random) }
        let second = (30..<50).map { Self.event($0, &random) }
        let chunks = [try journal.append(first, first: 5), try journal.append(second, first: 40)]
        let events = zip(Array(5...34) + Array(40...59), first + second).map { (sequence: Int64($0), event: $1) }
        let columns = try SampleSegment.make(chunks, covering: 5...70, journal.names.current).open()
        for _ in 0..<80 {
            let (filter, tenant) = (Self.filter(&random), Self.tenants.randomElement(using: &random)!)
            var hidden = SequenceRanges()
            if Bool.random(using: &random) { hidden.insert(20...Int64.random(in: 20...45, using: &random)) }
            let expected = events.filter { Self.takes(filter, tenant, $0.event) && !hidden.contains($0.sequence) }
            guard
                var query = ColumnQuery(
                    filter,
                    of: tenant,
                    names: journal.names.current,
                    key: MemoryJournal.key,
                    hidden: hidden
                )
            else {
                #expect(expected.isEmpty, "\(filter), seed \(seed)")
                continue
            }
            let sequences = try columns.sequences()
            func found() throws -> [Int64] {
                var found: [Int64] = []
                try query.rows(of: columns, within: query.times).forEach { found.append(sequences[$0]) }
                return found
            }
            #expect(try found() == expected.map(\.sequence), "\(filter), seed \(seed)")
            let candidates = events.map(\.sequence).filter { _ in Bool.random(using: &random) }
            query.candidates = candidates
            #expect(try found() == expected.map(\.sequence).filter { candidates.contains($0) }, "seed \(seed)")
        }
    }

    @Test(arguments: 1...10)
    func `counts by summaries what it counts by rows`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let journal = try MemoryJournal()
        let events = (0..<40).map { Self.event($0, &random) }
        let content = try journal.append(events, first: 1)
        let segment = try SampleSegment.make([content], covering: 1...40, journal.names.current)
        let columns = try segment.open()
        for filter in [EventFilter(), EventFilter(names: ["api"]), EventFilter(names: ["caf\u{E9}", "unknown"])] {
            for tenant in Self.tenants {
                let query = try #require(
                    ColumnQuery(
                        filter,
                        of: tenant,
                        names: journal.names.current,
                        key: MemoryJournal.key,
                        hidden: SequenceRanges()
                    )
                )
                #expect(query.isAnsweredBySummaries(of: segment))
                let summaries = try columns.summaries()
                let sum = try query.names(in: columns).reduce(0) { $0 + Int(summaries[$1.number - 1].count) }
                #expect(try sum == query.rows(of: columns, within: query.times).count)
                #expect(sum == events.count { Self.takes(filter, tenant, $0) })
            }
        }
    }

    private func query(
        _ filter: EventFilter,
        _ names: NameTable,
        hidden: SequenceRanges = SequenceRanges()
    ) -> ColumnQuery? {
        ColumnQuery(filter, of: "shop", names: names, key: MemoryJournal.key, hidden: hidden)
    }

    @Test func `summaries answer only for names, whole segments, and events that are all there`() throws {
        let journal = try MemoryJournal()
        let content = try journal.append((1...9).map { MemoryJournal.event($0, occurred: Int64($0)) }, first: 1)
        let names = journal.names.current
        let segment = try SampleSegment.make([content], covering: 1...9, names)
        var hidden = SequenceRanges()
        hidden.insert(9...12)
        let (first, last) = (Timestamp(milliseconds: 1), Timestamp(milliseconds: 9))
        let cases: [(EventFilter, SequenceRanges, Bool)] = [
            (EventFilter(), SequenceRanges(), true), (EventFilter(), hidden, false),
            (EventFilter(from: first, before: last + .milliseconds(1)), SequenceRanges(), true),
            (EventFilter(from: first + .milliseconds(1)), SequenceRanges(), false),
            (EventFilter(before: last), SequenceRanges(), false),
            (EventFilter(names: ["api"]), SequenceRanges(), true),
            (EventFilter(customerIDs: ["c"]), SequenceRanges(), false),
            (EventFilter(provider: "lago"), SequenceRanges(), false),
        ]
        for (filter, hidden, isAnswered) in cases {
            let query = try #require(self.query(filter, names, hidden: hidden))
            #expect(query.isAnsweredBySummaries(of: segment) == isAnswered, "\(filter)")
        }
        let all = try #require(self.query(EventFilter(), names))
        #expect(try !all.isAnsweredBySummaries(of: SampleSegment.empty(20...30)))
    }

    @Test func `no event can pass of a tenant, a time or a provider that there is not`() throws {
        let journal = try MemoryJournal()
        try journal.append([MemoryJournal.event(1)], first: 1)
        let (names, time) = (journal.names.current, Timestamp(milliseconds: 5))
        #expect(query(EventFilter(), names) != nil)
        #expect(
            ColumnQuery(EventFilter(), of: "bank", names: names, key: MemoryJournal.key, hidden: SequenceRanges())
                == nil
        )
        #expect(query(EventFilter(from: time, before: time), names) == nil)
        #expect(query(EventFilter(from: time + .seconds(1), before: time), names) == nil)
        #expect(query(EventFilter(provider: "polar"), names) == nil)
    }

    /// Which events a lane has taken, their plans do not say.
    @Test func `leaves the provider to a look at the events where it has a lane`() throws {
        let journal = try MemoryJournal()
        let content = try journal.append([MemoryJournal.event(1)], first: 1)
        journal.addLane(1, of: "polar")
        let names = journal.names.current
        let query = try #require(self.query(EventFilter(provider: "polar"), names))
        let columns = try SampleSegment.make([content], covering: 1...1, names).open()
        #expect(try query.rows(of: columns, within: query.times).count == 1 && query.asksForNamesAlone)
    }

    @Test(arguments: [[], [5], [1, 5, 9], Array(1...9)] as [[Int64]])
    func `takes the part of ascending numbers that is in a range`(numbers: [Int64]) {
        for first in 0...10 as ClosedRange<Int64> {
            for last in first...11 {
                #expect(Array(numbers.inside(first...last)) == numbers.filter { (first...last).contains($0) })
            }
        }
    }
}
