import Events
import Journal
import Testing

@testable import JournalFormat

/// Pieces of the journal as providers and lanes walk over them.
@Suite struct StretchTests {
    private static let target = Destination(provider: "polar", adapter: "polar", mode: .mirror)

    private static func chunk(_ first: Int64, _ ids: String...) -> ChunkEvents {
        let plan = Plan(route: nil, destinations: [])
        let events = ids.map { id in
            AcceptedEvent(
                CanonicalEvent(name: "n"),
                id: EventID(id),
                in: Submission(tenant: "shop", client: "web", acceptedAt: Timestamp(milliseconds: 0), plan: plan)
            )
        }
        return ChunkEvents(first: SequenceNumber(first), events: events, sizes: events.map { _ in 1 })
    }

    @Test func `numbers events by their chunk and their place in it`() {
        let stretch = Stretch(chunks: [Self.chunk(10, "a", "b"), Self.chunk(50, "c")], end: 60)
        #expect(stretch.sequence(at: Stretch.Index(chunk: 0, event: 1)) == 11)
        #expect(stretch.sequence(at: Stretch.Index(chunk: 1, event: 0)) == 50)
    }

    @Test func `a lane's piece counts its own events, and goes on without any`() {
        var piece = LaneStretch(after: 9)
        #expect(piece.start == 9 && piece.stretch.end == 9 && piece.ownEvents == 0)
        piece.add(Self.chunk(10, "a", "b", "c"), [nil, Self.target, Self.target])
        piece.advance(to: 12)
        piece.add(Self.chunk(20, "d"), [nil])
        piece.advance(to: 20)
        piece.advance(to: 15)
        #expect(piece.ownEvents == 2 && piece.stretch.end == 20 && piece.stretch.chunks.count == 2)
        #expect(piece.destinations.map { $0.map { $0 != nil } } == [[false, true, true], [false]])
    }

    @Test func `delivers only what has a destination`() {
        var piece = LaneStretch(after: 9)
        piece.add(Self.chunk(10, "a", "b"), [nil, Self.target])
        piece.add(Self.chunk(20, "c"), [Self.target])
        let places = [(0, 0), (0, 1), (1, 0)].map { Stretch.Index(chunk: $0.0, event: $0.1) }
        let deliveries = piece.deliveries(at: places)
        #expect(deliveries.map(\.sequence) == [11, 20] && deliveries.map(\.event.id) == ["b", "c"])
        #expect(deliveries.allSatisfy { $0.destination == Self.target && $0.attempts == 0 })
        #expect(piece.deliveries(at: []).isEmpty)
    }

    // MARK: Claims of a stretch

    private static let own = Plan(
        route: nil,
        destinations: [Destination(provider: "polar", adapter: "polar", mode: .primary)]
    )

    /// Events of the provider with these sizes, from number 1 on.
    private static func sized(_ sizes: [Int]) -> Stretch {
        let events = sizes.map { _ in
            AcceptedEvent(
                CanonicalEvent(name: "n"),
                id: "a",
                in: Submission(tenant: "shop", client: "web", acceptedAt: Timestamp(milliseconds: 0), plan: own)
            )
        }
        return Stretch(
            chunks: [ChunkEvents(first: 1, events: events, sizes: sizes)],
            end: Int64(sizes.count)
        )
    }

    /// One event always fits, or it would never be delivered.
    @Test(
        arguments: [
            ([10, 10, 10], 3, 100, 3), ([10, 10, 10], 2, 100, 2), ([10, 10, 10], 9, 20, 2), ([10, 10, 10], 9, 19, 1),
            ([999, 1], 9, 5, 1), ([1, 999, 1], 9, 5, 1), ([0, 0, 0], 9, 1, 3), ([5], 1, 1, 1), ([], 9, 9, 0),
        ] as [([Int], Int, Int, Int)]
    )
    func `claims up to its limits, and one at least`(sizes: [Int], events: Int, bytes: Int, claimed: Int) {
        var progress = ProviderProgress(position: 0, pending: sizes.count)
        let stretch = Self.sized(sizes)
        let places = progress.claim(from: stretch, limit: BlockLimit(events: events, bytes: bytes), of: "polar")
        #expect(places.count == claimed && progress.position == Int64(claimed))
        #expect(progress.oldestOpen == (claimed == 0 ? nil : 1) && progress.pending == sizes.count)
    }

    @Test func `claims nothing twice of a stretch that begins before its position`() {
        var progress = ProviderProgress(position: 2, pending: 2)
        let places = progress.claim(
            from: Self.sized([1, 1, 1, 1]),
            limit: BlockLimit(events: 9, bytes: 99),
            of: "polar"
        )
        #expect(places == [Stretch.Index(chunk: 0, event: 2), Stretch.Index(chunk: 0, event: 3)])
        #expect(progress.claim(from: Self.sized([1, 1]), limit: BlockLimit(events: 9, bytes: 99), of: "polar").isEmpty)
        #expect(progress.position == 4, "a stretch that ends before it takes nothing back")
    }

    @Test func `goes over gaps between chunks, and to the end`() {
        var progress = ProviderProgress(position: 0, pending: 2)
        let chunks = [
            Self.sized([1]).chunks[0], ChunkEvents(first: 50, events: Self.sized([1]).chunks[0].events, sizes: [1]),
        ]
        let stretch = Stretch(chunks: chunks, end: 80)
        let places = progress.claim(from: stretch, limit: BlockLimit(events: 9, bytes: 99), of: "polar")
        #expect(places.map { stretch.sequence(at: $0) } == [1, 50] && progress.position == 80)
        #expect(progress.isSettledAhead(60) == false && progress.isSettled(2...49) && !progress.isSettled(49...50))
    }
}
