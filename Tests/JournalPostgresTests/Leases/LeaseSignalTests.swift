import Journal
import Synchronization
import Testing

@testable import JournalPostgres

@Suite struct LeaseSignalTests {
    private static let ends: [LeaseEnd] = [.wanted, .lost, .unwatched]

    /// All sequences of up to three: a lease that is lost has another holder, whatever is said of it later.
    @Test func `says the last end, but what is lost stays lost`() {
        for first in Self.ends {
            for second in Self.ends {
                for third in Self.ends {
                    let signal = LeaseSignal()
                    #expect(signal.end == nil && !signal.isLost)
                    for end in [first, second, third] { signal.set(end) }
                    let isLost = [first, second, third].contains(.lost)
                    #expect(signal.end == (isLost ? .lost : third))
                    #expect(signal.isLost == isLost)
                }
            }
        }
    }

    @Test(arguments: LeaseSignalTests.ends)
    func `returns at once after an end, to everybody, and however often it is asked`(end: LeaseEnd) async {
        let signal = LeaseSignal()
        signal.set(end)
        for _ in 0..<3 { #expect(await signal.wait() == end) }
        async let one = signal.wait()
        async let other = signal.wait()
        let both = await [one, other]
        #expect(both == [end, end])
    }

    @Test func `wakes all that wait`() async {
        let signal = LeaseSignal()
        await withTaskGroup(of: LeaseEnd.self) { group in
            for _ in 0..<20 { group.addTask { await signal.wait() } }
            group.addTask {
                await Task.yield()
                signal.set(.wanted)
                return .wanted
            }
            for await end in group { #expect(end == .wanted) }
        }
    }

    /// The cancellation may come before the wait, at the same time, or after it, and touches nobody else's.
    @Test func `ends the wait of a cancelled task alone`() async {
        let signal = LeaseSignal()
        let other = Task { await signal.wait() }
        for turn in 0..<200 {
            let task = Task { await signal.wait() }
            if turn % 2 == 0 { await Task.yield() }
            task.cancel()
            #expect(await task.value == .unwatched)
        }
        #expect(signal.end == nil)
        signal.set(.lost)
        #expect(await other.value == .lost)
    }

    @Test func `a task that was cancelled before it waits is told of an end that is there`() async {
        let signal = LeaseSignal()
        signal.set(.lost)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await signal.wait()
        }
        #expect(await task.value == .lost)
    }
}

@Suite struct TurnsTests {
    private struct Refused: Error, Equatable {
        let number: Int
    }

    /// Counts those that work now, and those that have.
    private final class Work: Sendable {
        private let state = Mutex((working: 0, done: 0))

        var done: Int { state.withLock { $0.done } }

        func begin() -> Int {
            state.withLock { state in
                state.working += 1
                return state.working
            }
        }

        func end() {
            state.withLock { state in
                state.working -= 1
                state.done += 1
            }
        }
    }

    @Test func `never lets two work at once, and lets everybody work`() async throws {
        let turns = Turns()
        let work = Work()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await turns.run {
                        #expect(work.begin() == 1)
                        await Task.yield()
                        work.end()
                    }
                }
            }
        }
        #expect(work.done == 50)
    }

    @Test func `lets the next one in after a failure, which reaches only its own caller`() async throws {
        let turns = Turns()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<30 {
                group.addTask {
                    do throws(Refused) {
                        let value = try await turns.run { () throws(Refused) in
                            await Task.yield()
                            guard number % 3 != 0 else { throw Refused(number: number) }
                            return number
                        }
                        #expect(value == number && number % 3 != 0)
                    } catch {
                        #expect(error == Refused(number: number) && number % 3 == 0)
                    }
                }
            }
        }
        #expect(await turns.run { 7 } == 7, "the place is free again")
    }

    @Test func `gives a cancelled task its turn, too`() async {
        let turns = Turns()
        let (gate, held, done) = (LeaseSignal(), LeaseSignal(), LeaseSignal())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await turns.run {
                    held.set(.wanted)
                    _ = await gate.wait()
                }
            }
            _ = await held.wait()
            let task = Task { await turns.run { done.set(.wanted) } }
            task.cancel()
            #expect(done.end == nil, "it is not its turn yet")
            gate.set(.wanted)
            await task.value
        }
        #expect(done.end == .wanted)
    }
}
