import Events
import Journal
import Testing

@testable import JournalFormat

@Suite struct ProviderProgressTests {
    static let own = Plan(route: nil, destinations: [Destination(provider: "lago", adapter: "lago", mode: .primary)])
    static let foreign = Plan(route: nil, destinations: [])

    /// A stretch of one chunk; `x` is an event of the provider, anything else one of another.
    static func stretch(_ events: String, first: Int64 = 1) -> Stretch {
        let plans = events.map { $0 == "x" ? own : foreign }
        let chunk = ChunkEvents(
            first: SequenceNumber(first),
            events: plans.map(event),
            sizes: plans.map { _ in 100 }
        )
        return Stretch(chunks: [chunk], end: chunk.last.rawValue)
    }

    static func event(_ plan: Plan) -> AcceptedEvent {
        let now = Timestamp(milliseconds: 0)
        return AcceptedEvent(
            CanonicalEvent(name: "n"),
            id: "a",
            in: Submission(tenant: "shop", client: "web", acceptedAt: now, plan: plan)
        )
    }

    static func claim(_ progress: inout ProviderProgress, _ stretch: Stretch, events: Int = 99) -> [Int64] {
        let limit = BlockLimit(events: events, bytes: 10_000)
        return progress.claim(from: stretch, limit: limit, of: "lago").map { stretch.sequence(at: $0).rawValue }
    }

    @Test func `walks over the events of others`() {
        var progress = ProviderProgress(position: 0, pending: 2)
        #expect(Self.claim(&progress, Self.stretch("..x.x..")) == [3, 5])
        #expect(progress.position == 7)
        #expect(progress.cursor == 2, "a restart begins before the first that is open")
    }

    @Test func `stops where the block is full`() {
        var progress = ProviderProgress(position: 0, pending: 3)
        #expect(Self.claim(&progress, Self.stretch("x.x.x"), events: 2) == [1, 3])
        #expect(progress.position == 4)
        #expect(Self.claim(&progress, Self.stretch("x.x.x"), events: 2) == [5])
    }

    @Test func `its cursor follows the oldest open event`() {
        var progress = ProviderProgress(position: 0, pending: 4)
        _ = Self.claim(&progress, Self.stretch("xxxx"), events: 2)
        _ = Self.claim(&progress, Self.stretch("xxxx"), events: 2)
        progress.settleFirst(3)
        progress.settleFirst(2)
        #expect(progress.cursor == 0)
        progress.settleFirst(1)
        #expect(progress.cursor == 3)
        progress.settleFirst(4)
        #expect(progress.cursor == 4)
        #expect(progress.pending == 0)
    }

    @Test func `counts a settlement once, however often it comes`() {
        var progress = ProviderProgress(position: 0, pending: 2)
        _ = Self.claim(&progress, Self.stretch("xx"))
        progress.settleFirst(1)
        progress.settleFirst(1)
        #expect(progress.pending == 1)
        #expect(progress.cursor == 1)
        progress.settleFirst(2)
        progress.settleFirst(2)
        #expect(progress.pending == 0)
    }

    @Test func `passes over what was settled before the walk came there`() {
        var ahead = SequenceRanges()
        ahead.insert(2...3)
        var progress = ProviderProgress(position: 0, pending: 2, ahead: ahead)
        #expect(Self.claim(&progress, Self.stretch("xxxx")) == [1, 4])
    }

    @Test func `keeps what a crash interrupted open but does not hand it out`() {
        var progress = ProviderProgress(position: 0, pending: 3, interrupted: [(2, .interrupted)])
        #expect(Self.claim(&progress, Self.stretch("xxx")) == [1, 3])
        progress.settleFirst(1)
        progress.settleFirst(3)
        #expect(progress.cursor == 1)
        #expect(progress.takeInterrupted() == [2])
        progress.withdraw([2])
        progress.endClaims()
        #expect(Self.claim(&progress, Self.stretch("xxx")) == [2])
        progress.settleFirst(2)
        #expect(progress.cursor == 3)
    }

    @Test func `walks again from the cursor when the lease ends, over what is settled`() {
        var progress = ProviderProgress(position: 0, pending: 6)
        _ = Self.claim(&progress, Self.stretch("x.xxxx.x"), events: 5)
        progress.settleFirst(3)
        progress.settleFirst(5)
        progress.endClaims()
        #expect(progress.position == 0 && progress.pending == 4)
        #expect(Self.claim(&progress, Self.stretch("x.xxxx.x")) == [1, 4, 6, 8])
        for sequence in [1, 4, 6, 8] as [Int64] { progress.settleFirst(sequence) }
        #expect(progress.pending == 0 && progress.cursor == 8)
    }

    @Test func `counts the loss of a damaged chunk once, however often it is walked over`() {
        var progress = ProviderProgress(position: 0, pending: 5)
        _ = Self.claim(&progress, Self.stretch("xx"))
        _ = progress.claim(from: Stretch(end: 4, damagedEvents: 2), limit: BlockLimit(events: 9, bytes: 9), of: "lago")
        #expect(progress.pending == 3)
        progress.endClaims()
        _ = Self.claim(&progress, Self.stretch("xx"))
        _ = progress.claim(from: Stretch(end: 4, damagedEvents: 2), limit: BlockLimit(events: 9, bytes: 9), of: "lago")
        #expect(progress.pending == 3)
    }

    @Test func `keeps rows that a person changes when the lease ends`() {
        var progress = ProviderProgress(position: 9, retrying: 2)
        #expect(progress.holdForRevision([1]) == [1])
        progress.endClaims()
        #expect(progress.isHeld(1))
        progress.endRevision([1])
        #expect(!progress.isHeld(1))
    }

    @Test func `cuts a run around what is open`() {
        var progress = ProviderProgress(position: 0, pending: 6)
        _ = Self.claim(&progress, Self.stretch("xx.xxxx.."), events: 5)
        #expect(progress.unbroken([1, 2, 4, 5], besides: []) == [[1, 2, 4, 5]], "foreign events do not break it")
        #expect(progress.unbroken([1, 4, 6], besides: []) == [[1], [4], [6]])
        #expect(progress.unbroken([1, 4, 6], besides: [2]) == [[1, 4], [6]])
        #expect(progress.unbroken([6, 9], besides: []) == [[6], [9]], "beyond the walk nothing is known")
        progress.settleFirst(5)
        #expect(progress.unbroken([4, 6], besides: []) == [[4, 6]])
    }

    @Test func `does not claim a row that was settled while it was read`() {
        var progress = ProviderProgress(position: 9, retrying: 2)
        progress.beginReadingRows()
        progress.settleRow(1, wasRetrying: true, due: nil)
        #expect(progress.claimRows([1, 2], limit: 9, next: nil) == [2])
        #expect(progress.retrying == 1)
        progress.beginReadingRows()
        #expect(progress.claimRows([2], limit: 9, next: nil) == [], "it is claimed already")
    }

    @Test func `keeps the time of a retry that was settled, given back or revised while due rows were read`() {
        let (soon, late) = (Timestamp(milliseconds: 5_000), Timestamp(milliseconds: 90_000))
        let changes: [(String, Timestamp, @Sendable (inout ProviderProgress) -> Void)] = [
            ("settled", soon, { $0.settleRow(7, wasRetrying: false, due: Timestamp(milliseconds: 5_000)) }),
            ("given back", .init(milliseconds: 0), { $0.endClaims() }),
            ("revised", .init(milliseconds: 0), { $0.endRevision([4]) }),
            ("brought forward", .init(milliseconds: 0), { $0.rescheduled() }),
        ]
        for (what, expected, change) in changes {
            var progress = ProviderProgress(position: 9, retrying: 3)
            progress.beginReadingRows()
            _ = progress.claimRows([3], limit: 9, next: nil)
            #expect(progress.holdForRevision([4]) == [4])
            progress.beginReadingRows()
            change(&progress)
            // What was read is older than the change.
            _ = progress.claimRows([], limit: 9, next: late)
            #expect(progress.nextDue == expected, "\(what)")
        }
    }

    @Test func `knows that more is due than one claim takes`() {
        var progress = ProviderProgress(position: 9, retrying: 3)
        progress.beginReadingRows()
        #expect(progress.claimRows([1, 2, 3], limit: 2, next: nil) == [1, 2])
        #expect(progress.nextDue == Timestamp(milliseconds: 0))
        progress.beginReadingRows()
        #expect(progress.claimRows([3], limit: 2, next: nil) == [3])
        #expect(progress.nextDue == nil)
    }

    @Test func `moves on at once when a chunk has nothing for it`() {
        var progress = ProviderProgress(position: 4)
        progress.appended(5...8, events: 0)
        #expect(progress.position == 8)
        progress.appended(9...10, events: 1)
        progress.appended(11...12, events: 0)
        #expect(progress.position == 8)
        #expect(progress.pending == 1)
    }
}
