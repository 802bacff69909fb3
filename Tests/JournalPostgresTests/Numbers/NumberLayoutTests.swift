import Events
import Randomness
import Testing

@testable import JournalPostgres

/// The layout of numbers as POSTGRES.md has it, section 2: `milliseconds << 22 | slot << 12 | place in the chunk`.
@Suite struct NumberLayoutTests {
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)

    private static func clock(_ random: inout SplitMix) -> Timestamp {
        now + .milliseconds(Int.random(in: -5000...5000, using: &random))
    }

    @Test(arguments: 1...30)
    func `gives numbers that are unique over all slots, rise in each, and name their slot and chunk`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var slots = [1, 2, 511, 512, 1022, 1023].map { SlotNumbers(slot: $0, newest: nil) }
        var (given, newest): (Set<Int64>, [Int16: Int64]) = ([], [:])
        for _ in 0..<500 {
            let place = Int.random(in: slots.indices, using: &random)
            let slot = slots[place].slot
            // A node has taken the slot over, and knows only the first number of its newest chunk.
            if Int.random(in: 0..<20, using: &random) == 0 {
                slots[place] = SlotNumbers(slot: slot, newest: newest[slot])
            }
            let first = slots[place].next(at: Self.clock(&random))
            #expect(given.insert(first).inserted)
            #expect(first > newest[slot] ?? 0)
            newest[slot] = first
            #expect(first & 4095 == 0 && (first >> 12) & 1023 == Int64(slot))
            // A chunk has at most 4096 events, and each of their numbers leads to its first.
            for number in [first, first + 1, first + Int64.random(in: 0..<4096, using: &random), first + 4095] {
                #expect(SlotNumbers.slot(of: number) == slot)
                #expect(SlotNumbers.lowestFirst(of: number) == first)
                #expect(SlotNumbers.time(of: number) == SlotNumbers.time(of: first))
            }
            #expect(first <= SequenceNumber.largest.rawValue && first >= 1 << 40)
        }
    }

    /// The prefix is `max(last + 1, now)`.
    @Test(arguments: 1...20)
    func `is the time of the clock, or one more than the last`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var numbers = SlotNumbers(slot: 9, newest: nil)
        var last: Int64?
        for _ in 0..<200 {
            let now = Self.clock(&random)
            let given = SlotNumbers.time(of: numbers.next(at: now)).milliseconds
            #expect(given == max(now.milliseconds, last.map { $0 + 1 } ?? now.milliseconds))
            last = given
        }
    }

    @Test(arguments: 1...20)
    func `the lowest number of a time is below all that are given from then on, and above all before`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let time = Self.clock(&random)
            let border = SlotNumbers.lowest(at: time)
            for slot in [1, 1023] as [Int16] {
                var (before, after) = (SlotNumbers(slot: slot, newest: nil), SlotNumbers(slot: slot, newest: nil))
                #expect(before.next(at: time + .milliseconds(-1)) + 4095 < border)
                #expect(after.next(at: time) >= border)
            }
        }
    }

    /// Numbers of imported journals stay below 2^40, in slot 0.
    @Test(arguments: 1...20)
    func `leaves the numbers of an imported journal alone`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let number = Int64.random(in: 1..<(1 << 40), using: &random)
            #expect(SlotNumbers.slot(of: number) == 0)
            let lowest = SlotNumbers.lowestFirst(of: number)
            // An imported chunk has up to 32,768 events.
            #expect(lowest >= 0 && lowest <= number && number - lowest < 32_768)
            #expect(lowest == 0 || number - lowest == 32_767)
        }
    }

    // MARK: Days

    @Test(arguments: 1...20)
    func `days follow each other without gaps, and hold each number once`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var day = DayPartitions.Day(holding: Self.now)
        for _ in 0..<40 {
            let next = day.next
            #expect(next.first == day.end && day.first < day.end)
            #expect((next.start - day.start) == .seconds(86_400))
            #expect(DayPartitions.Day(table: "chunks_\(day.name)") == day)
            #expect(DayPartitions.Day(table: "delivered_\(day.name)") == day)
            let time = day.start + .milliseconds(Int.random(in: 0..<86_400_000, using: &random))
            #expect(DayPartitions.Day(holding: time) == day)
            var numbers = SlotNumbers(slot: 1023, newest: nil)
            let number = numbers.next(at: time) + 4095
            #expect((day.first..<day.end).contains(number))
            day = next
        }
    }

    @Test(arguments: [
        "", "_", "chunks", "chunks_", "chunks_2026112", "chunks_202611290", "chunks20261129", "chunks_20261131",
        "chunks_20260229", "chunks_20261300", "chunks_2026-1-1", "chunks_+2026112", "chunks_２０２６１１２９",
        "chunks_٢٠٢٦١١٢٩",
        "chunks_2026112\u{301}", "chunks_2026112a", "chunks_ 2026112", "chunks_20261129 ", "chunks_imported",
    ])
    func `takes no other table for that of a day`(table: String) {
        #expect(DayPartitions.Day(table: table) == nil)
    }

    @Test func `knows leap days, and days at the turn of a year`() throws {
        let leap = try #require(DayPartitions.Day(table: "chunks_20280229"))
        #expect(leap.next.name == "20280301" && leap.name == "20280229")
        let last = try #require(DayPartitions.Day(table: "chunks_20261231"))
        #expect(last.next.name == "20270101")
    }
}
