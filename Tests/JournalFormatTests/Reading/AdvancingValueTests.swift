import Synchronization
import TestSupport
import Testing

@testable import JournalFormat

/// A number that rises, and those who wait for it.
@Suite struct AdvancingValueTests {
    /// What those knew who were woken.
    private final class Woken: Sendable {
        let numbers = Mutex<[Int64]>([])
    }

    @Test func `rises, and never falls`() {
        let value = AdvancingValue(rising: 5)
        for (number, expected) in [(4, 5), (9, 9), (Int64.min, 9), (9, 9), (.max, .max)] as [(Int64, Int64)] {
            value.advance(to: number)
            #expect(value.value == expected)
        }
    }

    @Test func `does not wait for what it is past already`() async {
        let value = AdvancingValue(rising: 5)
        await value.wait(after: 4)
        value.close()
        await value.wait(after: .max)
        #expect(value.value == 5)
    }

    /// Only those are woken that know less.
    @Test func `wakes those that know less, and leaves the others waiting`() async throws {
        let value = AdvancingValue(rising: 0)
        let woken = Woken()
        let waiting = ([1, 2, 3, 4] as [Int64]).map { known in
            Task {
                await value.wait(after: known)
                woken.numbers.withLock { $0.append(known) }
            }
        }
        value.advance(to: 3)
        try await waitUntil("two are awake") { woken.numbers.withLock { $0.count } == 2 }
        #expect(woken.numbers.withLock { $0.sorted() } == [1, 2])
        value.advance(to: 3)
        #expect(woken.numbers.withLock { $0.count } == 2)
        value.close()
        for task in waiting { await task.value }
        #expect(woken.numbers.withLock { $0.sorted() } == [1, 2, 3, 4])
    }

    /// The cancellation may come before the wait, with it, or after it.
    @Test func `ends the wait of a cancelled task, and of no other`() async {
        let value = AdvancingValue(rising: 0)
        let other = Task { await value.wait(after: 0) }
        for turn in 0..<200 {
            let task = Task { await value.wait(after: 0) }
            if turn % 2 == 0 { await Task.yield() }
            task.cancel()
            await task.value
        }
        value.advance(to: 1)
        await other.value
    }

    @Test func `loses no wake-up, however many wait while it rises`() async {
        let value = AdvancingValue(rising: 0)
        await withTaskGroup { group in
            for known in 0..<100 as Range<Int64> { group.addTask { await value.wait(after: known) } }
            for number in 1...100 as ClosedRange<Int64> { group.addTask { value.advance(to: number) } }
        }
        #expect(value.value == 100)
    }

    /// Any value, by any order.
    @Test func `wakes by what is new, not by what is larger`() async {
        let value = AdvancingValue(Set<Int>()) { !$0.isSubset(of: $1) }
        let waiting = Task { await value.wait(after: [1, 2]) }
        value.advance { $0.union([1]) }
        value.advance { $0.union([2]) }
        value.advance { $0.union([3]) }
        await waiting.value
        #expect(value.value == [1, 2, 3])
    }
}
