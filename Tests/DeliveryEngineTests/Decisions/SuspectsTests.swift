import Events
import Testing

@testable import DeliveryEngine

/// What is remembered of single events, and what happens where there are more of them.
@Suite struct SuspectsTests {
    let start = ContinuousClock.now

    private func standing(_ number: Int64, _ suspects: Suspects) -> Standing {
        var item = DeliveryItem.sample(number)
        suspects.mark(&item, isFresh: false)
        return item.standing
    }

    /// Each fails again before the first of them does.
    @Test func `of more events than are remembered, the known ones are counted to the end, and then the others`() {
        var suspects = Suspects(limit: 10)
        for round in 1...5 {
            for number in 1...30 as ClosedRange<Int64> {
                suspects.failedAlone(SequenceNumber(number), at: start + .seconds(round))
            }
            #expect(suspects.count == 10)
            for number in 1...10 as ClosedRange<Int64> {
                #expect(suspects.failuresAlone(of: SequenceNumber(number)) == round)
                #expect(standing(number, suspects) == .suspect)
            }
            #expect(standing(11, suspects) == .repeated)
        }
        // The known ones have an outcome.
        for number in 1...10 as ClosedRange<Int64> { suspects.clear(SequenceNumber(number)) }
        for number in 11...30 as ClosedRange<Int64> {
            suspects.failedAlone(SequenceNumber(number), at: start + .seconds(6))
        }
        #expect((11...20).allSatisfy { suspects.failuresAlone(of: SequenceNumber($0)) == 1 })
        #expect(suspects.count == 10)
    }

    @Test func `one that was not sent for hours makes room`() {
        var suspects = Suspects(limit: 2)
        suspects.failedAlone(1, at: start)
        suspects.limitedAlone(2, at: start + .seconds(4 * 3600))
        suspects.failedAlone(3, at: start + .seconds(5 * 3600))
        #expect(suspects.failuresAlone(of: 3) == 0 && suspects.count == 2)
        suspects.failedAlone(3, at: start + .seconds(6 * 3600))
        #expect(suspects.failuresAlone(of: 3) == 1 && suspects.failuresAlone(of: 1) == 0)
        #expect(standing(2, suspects) == .suspect)
    }

    @Test func `an event that is known again after an outcome is not taken for the old one`() {
        var suspects = Suspects(limit: 2)
        suspects.failedAlone(1, at: start)
        suspects.clear(1)
        suspects.failedAlone(2, at: start)
        suspects.failedAlone(1, at: start + .seconds(1))
        suspects.accuse([3], at: start + .seconds(2))
        #expect(suspects.failuresAlone(of: 1) == 1 && suspects.failuresAlone(of: 2) == 1)
        #expect(suspects.firstFailureAlone(of: 1) == start + .seconds(1))
        #expect(standing(3, suspects) == .repeated)
    }
}
