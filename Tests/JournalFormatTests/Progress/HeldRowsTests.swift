import Events
import Randomness
import Testing

@testable import JournalFormat

/// Deliveries with a row: claimed by a pipeline, about to be changed by a person, or interrupted.
@Suite struct HeldRowsTests {
    private static let soon = Timestamp(milliseconds: 500)

    /// Reads rows that are due, and claims them.
    private static func claim(_ sequences: [Int64], in progress: inout ProviderProgress, limit: Int = 99) -> [Int64] {
        progress.beginReadingRows()
        return progress.claimRows(sequences, limit: limit, next: nil)
    }

    @Test func `holds a claimed row until it is settled or given back`() {
        var progress = ProviderProgress(position: 9, retrying: 3)
        #expect(Self.claim([1, 2, 3], in: &progress) == [1, 2, 3] && progress.heldCount == 3)
        progress.settleRow(1, wasRetrying: true, due: nil)
        progress.settleRow(2, wasRetrying: true, due: Self.soon)
        #expect(progress.nextDue == Self.soon)
        progress.unclaimRows([3])
        #expect(progress.heldCount == 0 && progress.retrying == 2 && progress.nextDue == RetryTimes.overdue)
        #expect(Self.claim([2, 3], in: &progress) == [2, 3])
    }

    @Test func `gives back only rows that are claimed as rows`() {
        var progress = ProviderProgress(position: 9, interrupted: [(4, .interrupted), (5, .row)])
        #expect(progress.holdsRow(5) && !progress.holdsRow(4) && progress.isHeld(4))
        progress.unclaimRows([4, 5, 6])
        #expect(progress.isHeld(4) && !progress.isHeld(5))
        progress.withdraw([4])
        #expect(!progress.isHeld(4) && progress.holdsNothing == progress.intended.isEmpty)
    }

    /// Whether a row was retrying, and whether it is sent again.
    @Test(
        arguments: [(true, true, 0), (true, false, -1), (false, true, 1), (false, false, 0)] as [(Bool, Bool, Int)]
    )
    func `counts what retries`(wasRetrying: Bool, isDue: Bool, change: Int) {
        var progress = ProviderProgress(position: 9, retrying: 5)
        progress.settleRow(1, wasRetrying: wasRetrying, due: isDue ? Self.soon : nil)
        #expect(progress.retrying == 5 + change)
        progress.revised(retrying: -2)
        #expect(progress.retrying == 3 + change)
    }

    @Test func `keeps a person from what a pipeline holds, and a pipeline from what a person holds`() {
        var progress = ProviderProgress(position: 9, retrying: 4, interrupted: [(4, .interrupted)])
        #expect(Self.claim([1], in: &progress) == [1])
        #expect(progress.holdForRevision([1, 2, 3, 4]) == [2, 3])
        #expect(progress.holdForRevision([2, 3]) == [], "another person holds them")
        #expect(Self.claim([1, 2, 3, 4, 5], in: &progress) == [5])
        progress.endRevision([2, 3])
        #expect(progress.nextDue == RetryTimes.overdue)
        #expect(Self.claim([2, 3], in: &progress) == [2, 3])
    }

    @Test func `does not look for rows again where a person has held none`() {
        var progress = ProviderProgress(position: 9)
        progress.endRevision([])
        progress.unclaimRows([])
        #expect(progress.nextDue == nil)
        progress.rescheduled()
        #expect(progress.nextDue == RetryTimes.overdue)
        progress.leaveRows()
        #expect(progress.nextDue == nil)
    }

    @Test func `a row that a person has changed while it was read is not claimed by what was read`() {
        var progress = ProviderProgress(position: 9, retrying: 2)
        progress.beginReadingRows()
        #expect(progress.holdForRevision([1]) == [1])
        progress.endRevision([1])
        #expect(progress.claimRows([1, 2], limit: 9, next: nil) == [2])
        progress.beginReadingRows()
        progress.endReadingRows()
        #expect(Self.claim([1], in: &progress) == [1], "the next read has seen the change")
    }

    @Test func `an event is untried as long as the walk, a claim and an outcome have not come to it`() {
        var ahead = SequenceRanges()
        ahead.insert(7...7)
        var progress = ProviderProgress(position: 4, pending: 3, ahead: ahead, interrupted: [(6, .interrupted)])
        #expect((3...9).filter { progress.isUntried($0) } == [5, 8, 9])
        progress.settleFirst(8)
        #expect((3...9).filter { progress.isUntried($0) } == [5, 9] && progress.pending == 2)
        progress.settleFirst(8)
        progress.settleFirst(7)
        #expect(progress.pending == 2, "each outcome once")
    }

    @Test func `names what was interrupted in order, once`() {
        var progress = ProviderProgress(position: 0, interrupted: [(9, .interrupted), (2, .row), (5, .interrupted)])
        #expect(progress.takeInterrupted() == [2, 5, 9] && progress.takeInterrupted() == [])
        progress.putBackInterrupted([5])
        #expect(progress.takeInterrupted() == [5])
        progress.endClaims()
        #expect(progress.takeInterrupted() == [2, 5, 9], "under the next lease, all that has no outcome")
    }

    /// Whatever pipelines and persons do, no row is held by two, and none is lost.
    @Test(arguments: 1...40)
    func `never lets two hold a row`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var progress = ProviderProgress(position: 100, retrying: 20)
        var (claimed, revising, open) = (Set<Int64>(), Set<Int64>(), Set<Int64>(1...20))
        for step in 0..<300 {
            let some = open.sorted().filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                let taken = Self.claim(some, in: &progress, limit: .random(in: 1...4, using: &random))
                #expect(claimed.isDisjoint(with: taken) && revising.isDisjoint(with: taken), "step \(step)")
                claimed.formUnion(taken)
            case 2:
                let back = claimed.sorted().prefix(2)
                progress.unclaimRows(Array(back))
                claimed.subtract(back)
            case 3:
                let held = progress.holdForRevision(some)
                #expect(claimed.isDisjoint(with: held) && revising.isDisjoint(with: held), "step \(step)")
                revising.formUnion(held)
            case 4:
                let ended = revising.sorted().prefix(3)
                progress.endRevision(Array(ended))
                revising.subtract(ended)
            default:
                guard let settled = claimed.sorted().first else { continue }
                let isOver = Bool.random(using: &random)
                progress.settleRow(settled, wasRetrying: true, due: isOver ? nil : Self.soon)
                claimed.remove(settled)
                if isOver { open.remove(settled) }
            }
            #expect(progress.heldCount == claimed.count + revising.count && progress.retrying == open.count)
            #expect((1...20).filter { progress.isHeld($0) } == claimed.union(revising).sorted())
        }
    }
}
