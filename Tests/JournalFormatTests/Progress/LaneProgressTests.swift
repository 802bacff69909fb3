import Events
import Journal
import Testing

@testable import JournalFormat

/// The progress of a lane: what belongs to it is told with each claim.
@Suite struct LaneProgressTests {
    private static let target = Destination(provider: "polar", adapter: "polar", mode: .mirror)
    private static let many = BlockLimit(events: 100, bytes: 1 << 20)

    private static func chunk(_ range: ClosedRange<Int64>) -> ChunkEvents {
        let plan = Plan(route: nil, destinations: [Destination(provider: "lago", adapter: "lago", mode: .primary)])
        let time = Timestamp(milliseconds: 1_750_000_000_000)
        let events = range.map { number in
            AcceptedEvent(
                CanonicalEvent(name: "n", customerID: "c", timestamp: time),
                id: EventID("e\(number)"),
                in: Submission(tenant: "shop", client: "web", acceptedAt: time, plan: plan)
            )
        }
        return ChunkEvents(first: SequenceNumber(range.lowerBound), events: events, sizes: events.map { _ in 10 })
    }

    private static func claim(_ progress: inout ProviderProgress, _ own: [Int64], limit: BlockLimit = many) -> [Int64] {
        let stretch = Stretch(chunks: [chunk(1...10)], end: 10)
        let destinations = (1...10).map { own.contains($0) ? target : nil }
        return progress.claim(from: stretch, limit: limit, at: [destinations]).map {
            stretch.sequence(at: $0).rawValue
        }
    }

    @Test func `claims what has a destination, and walks over the rest`() {
        var progress = ProviderProgress(position: 0, isLane: true)
        #expect(Self.claim(&progress, [2, 5, 9]) == [2, 5, 9])
        #expect(progress.position == 10)
        #expect(progress.cursor == 1)
        #expect(progress.pending == 3)
        #expect(!progress.holdsNothing)
        for sequence in [5, 2, 9] as [Int64] { progress.settleFirst(sequence) }
        #expect(progress.cursor == 10)
        #expect(progress.pending == 0)
        #expect(progress.holdsNothing)
    }

    @Test func `claims again after its lease what was not settled, and nothing twice`() {
        var progress = ProviderProgress(position: 0, isLane: true)
        #expect(Self.claim(&progress, [2, 5, 9], limit: BlockLimit(events: 2, bytes: 1 << 20)) == [2, 5])
        progress.settleFirst(5)
        progress.endClaims()
        #expect(progress.position == 1)
        #expect(progress.pending == 0)
        #expect(progress.holdsNothing)
        #expect(Self.claim(&progress, [2, 5, 9]) == [2, 9])
        #expect(progress.pending == 2)
    }

    @Test func `does not walk over chunks by their plans`() {
        var progress = ProviderProgress(position: 0, isLane: true)
        progress.appended(1...10, events: 0)
        #expect(progress.position == 0)
        #expect(progress.pending == 0)
    }

    @Test func `counts an interrupted event once`() {
        var progress = ProviderProgress(position: 0, isLane: true, interrupted: [(5, .interrupted)])
        #expect(!progress.holdsNothing)
        #expect(progress.takeInterrupted() == [5])
        progress.settleRow(5, wasRetrying: false, due: nil)
        #expect(progress.pending == 0)
        #expect(progress.holdsNothing)
        #expect(Self.claim(&progress, [2, 5]) == [2])
    }
}
