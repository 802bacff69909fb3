import Events
import Journal
import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// How requests fare while they are compared with the journal, and what a commit makes of their events.
@Suite struct AcceptanceTests {
    /// What one event of a request turns out to be.
    private enum Fate: CaseIterable {
        case new
        /// The journal has it, or has another one with its ID.
        case known, otherKnown
        /// An event before it in the request has its ID.
        case repeated, otherRepeated
    }

    private static let plans = [[], ["lago"], ["lago", "polar"]].map { (providers: [ProviderName]) in
        Plan(
            route: nil,
            destinations: providers.map { Destination(provider: $0, adapter: "lago", mode: .mirror) }
        )
    }

    private static func event(_ id: Int, name: String = "api", plan: Plan = plans[1], at time: Int64 = 0)
        -> AcceptedEvent
    {
        let submission = Submission(
            tenant: "shop",
            client: "web",
            acceptedAt: Timestamp(milliseconds: time),
            plan: plan
        )
        return AcceptedEvent(CanonicalEvent(name: name), id: EventID("e\(id)"), in: submission)
    }

    private static func names() -> JournalNames {
        JournalNames(NameTable(hash: IdentityHash(key: SipHash(key0: 1, key1: 2))))
    }

    private static func prepared(
        _ events: [AcceptedEvent],
        _ names: JournalNames,
        _ policy: AppendRequest.Policy = .each
    ) -> PreparedAppend {
        PreparedAppend(AppendRequest(events: events, policy: policy), names: names)
    }

    /// Every request of three events.
    @Test(arguments: Fate.allCases.indices, Fate.allCases.indices)
    func `tells each event of a request what became of it`(first: Int, second: Int) {
        let (start, names) = (Int64(10), Self.names())
        for third in Fate.allCases {
            let fates = [Fate.allCases[first], Fate.allCases[second], third]
            let events = (0..<3).map { Self.event($0) }
            var acceptance = Acceptance(Self.prepared(events, names), next: start)
            var (results, withheld): ([AppendResult], [AppendResult]) = ([], [])
            var stored = 0
            for (index, fate) in fates.enumerated() {
                let (same, other) = (events[index], Self.event(index, name: "other"))
                let number = start + Int64(stored)
                switch fate {
                case .repeated where stored > 0:
                    acceptance.compare(with: same, at: start)
                    results.append(.duplicate(of: SequenceNumber(start)))
                    withheld.append(.withheld)
                case .otherRepeated where stored > 0:
                    acceptance.compare(with: other, at: start)
                    results.append(.conflict(with: SequenceNumber(start), fields: ["name"]))
                    withheld.append(.conflict(with: SequenceNumber(0), fields: ["name"]))
                case .known:
                    acceptance.compare(with: same, at: 3)
                    results.append(.duplicate(of: SequenceNumber(3)))
                    withheld.append(.duplicate(of: SequenceNumber(3)))
                case .otherKnown:
                    acceptance.compare(with: other, at: 3)
                    results.append(.conflict(with: SequenceNumber(3), fields: ["name"]))
                    withheld.append(.conflict(with: SequenceNumber(3), fields: ["name"]))
                // Without an event before it, it is new.
                case .new, .repeated, .otherRepeated:
                    acceptance.accept(1)
                    results.append(.stored(SequenceNumber(number)))
                    withheld.append(.withheld)
                    stored += 1
                }
            }
            #expect(acceptance.results == results, "\(fates)")
            #expect(acceptance.resultsIfWithheld == withheld, "\(fates)")
            #expect(acceptance.index == 3 && acceptance.next == start + Int64(stored))
            #expect(acceptance.entries.map(\.sequence) == (0..<stored).map { start + Int64($0) })
            for (offset, index) in acceptance.indices.enumerated() {
                #expect(acceptance.event(at: start + Int64(offset)) === events[index])
            }
            #expect(acceptance.event(at: start - 1) == nil && acceptance.event(at: acceptance.next) == nil)
        }
    }

    @Test func `says of a duplicate whether its time is another one`() {
        let names = Self.names()
        let (event, later) = (Self.event(1), Self.event(1, at: 5))
        var acceptance = Acceptance(Self.prepared([event], names), next: 1)
        acceptance.compare(with: later, at: 1)
        #expect(acceptance.results == [.duplicate(of: SequenceNumber(1), hasOtherTime: true)])
    }

    @Test(arguments: [
        (AppendRequest.Policy.each, false, false), (.allOrNothing, false, true), (.allNewOrNothing, true, true),
    ])
    func `withholds a request by its policy`(policy: AppendRequest.Policy, byDuplicate: Bool, byConflict: Bool) {
        let events = (0..<2).map { Self.event($0) }
        var acceptance = Acceptance(Self.prepared(events, Self.names(), policy), next: 1)
        acceptance.accept(1)
        #expect(!acceptance.isWithheld)
        var duplicate = acceptance
        duplicate.compare(with: events[1], at: 1)
        #expect(duplicate.isWithheld == byDuplicate)
        acceptance.compare(with: Self.event(1, name: "other"), at: 1)
        #expect(acceptance.isWithheld == byConflict)
    }

    @Test(arguments: 1...60)
    func `a commit has every new event once, in order, in chunks that can be read`(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let names = Self.names()
        var requests: [[AcceptedEvent]] = []
        for request in 0..<Int.random(in: 1...8, using: &random) {
            var plan = Self.plans[0]
            requests.append(
                (0..<Int.random(in: 1...12, using: &random)).map { number in
                    // Neighbours mostly have one plan.
                    if Int.random(in: 0..<3, using: &random) == 0 {
                        plan = Self.plans[Int.random(in: 0..<3, using: &random)]
                    }
                    let time = Int64.random(in: 0...99, using: &random)
                    return Self.event(request * 100 + number, plan: plan, at: time)
                }
            )
        }
        let prepared = requests.map { Self.prepared($0, names) }
        let start = Int64.random(in: 1...1000, using: &random)
        var batch = CommitBatch(
            newest: start - 1,
            names: names.current,
            chunkBytes: Int.random(in: 1...900, using: &random)
        )
        var expected: [AcceptedEvent] = []
        for append in prepared {
            var acceptance = Acceptance(append, next: batch.newest + 1)
            for event in append.encoded.events {
                if Int.random(in: 0..<4, using: &random) == 0 {
                    acceptance.compare(with: event, at: 0)
                } else {
                    acceptance.accept(1)
                    expected.append(event)
                }
            }
            batch.add(acceptance)
            #expect(batch.newest == start - 1 + Int64(expected.count))
        }
        batch.finishChunks()
        #expect(batch.entries.map(\.sequence) == expected.indices.map { start + Int64($0) })
        for (offset, event) in expected.enumerated() { #expect(batch.event(at: start + Int64(offset)) === event) }
        var next = start
        for chunk in batch.chunks {
            #expect(chunk.range.lowerBound == next)
            let events = expected[Int(next - start)...Int(chunk.range.upperBound - start)]
            let read = try Chunk.read(chunk.content, names: batch.names)
            #expect(read.events.map(\.id) == events.map(\.id) && read.first == SequenceNumber(next))
            #expect(zip(read.events, events).allSatisfy { $0.plan === $1.plan })
            let times = events.map(\.acceptedAt.milliseconds)
            #expect(chunk.accepted.lowerBound == times.min() && chunk.accepted.upperBound == times.max())
            for (provider, number) in [("lago", names.number(of: "lago")), ("polar", names.number(of: "polar"))] {
                let count = events.count { $0.plan.destination(at: ProviderName(provider)) != nil }
                #expect(number.map { chunk.providers.events(for: $0) } ?? 0 == count)
            }
            next = chunk.range.upperBound + 1
        }
        #expect(next == start + Int64(expected.count))
    }
}
