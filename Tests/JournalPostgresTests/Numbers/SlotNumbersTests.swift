import Events
import Testing

@testable import JournalPostgres

@Suite struct SlotNumbersTests {
    private let now = Timestamp(milliseconds: 1_790_000_000_000)

    @Test func `gives rising numbers, whatever the clock does`() {
        var numbers = SlotNumbers(slot: 7, newest: nil)
        var last: Int64 = 0
        for step in [0, 0, 0, 5, -10_000, 60_000, -3_600_000, 0] as [Int64] {
            let number = numbers.next(at: now + .milliseconds(step))
            #expect(number > last)
            #expect(SlotNumbers.slot(of: number) == 7)
            #expect(SlotNumbers.lowestFirst(of: number + 4095) == number)
            last = number
        }
    }

    @Test func `goes on above the newest number of the slot`() {
        var before = SlotNumbers(slot: 1, newest: nil)
        let newest = before.next(at: now + .seconds(3600))
        var after = SlotNumbers(slot: 1, newest: newest)
        #expect(after.next(at: now) > newest)
    }

    @Test func `gives no two slots the same number`() {
        var (one, other) = (SlotNumbers(slot: 1, newest: nil), SlotNumbers(slot: 1023, newest: nil))
        let (first, second) = (one.next(at: now), other.next(at: now))
        #expect(first != second && first >> 22 == second >> 22)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 1 << 12, (1 << 40) - 1] as [Int64])
    func `counts low numbers as those of an imported journal`(number: Int64) {
        #expect(SlotNumbers.slot(of: number) == 0)
        #expect(SlotNumbers.lowestFirst(of: number) <= max(0, number))
    }

    @Test(arguments: [Timestamp.range.lowerBound, 0, Timestamp.range.upperBound] as [Int64])
    func `takes any clock`(milliseconds: Int64) {
        var numbers = SlotNumbers(slot: 1, newest: nil)
        let number = numbers.next(at: Timestamp(milliseconds: milliseconds))
        #expect(number >= SlotNumbers.firstGiven && number <= SequenceNumber.largest.rawValue)
    }
}
