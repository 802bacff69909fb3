import Events
import Journal
import JournalFormat
import Synchronization
import TestSupport
import Testing

@Suite struct ReadSlotsTests {
    /// What reads note while they go on.
    private final class Notes: Sendable {
        private let state = Mutex((order: [Int](), released: Set<Int>()))

        var order: [Int] { state.withLock { $0.order } }

        func begin(_ number: Int) { state.withLock { $0.order.append(number) } }
        func release(_ number: Int) { state.withLock { _ = $0.released.insert(number) } }
        func isReleased(_ number: Int) -> Bool { state.withLock { $0.released.contains(number) } }
    }

    private static func read(_ number: Int, in slots: ReadSlots, _ notes: Notes) async throws {
        try await slots.withSlot { () async throws(StoreError) in
            notes.begin(number)
            while !notes.isReleased(number) { await Task.yield() }
        }
    }

    @Test func `lets so many go on, and the others in their order`() async throws {
        let (slots, notes) = (ReadSlots(2, mostWaiting: 10, mostOfTenant: 9, retryAfter: .seconds(1)), Notes())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...2 { group.addTask { try await Self.read(number, in: slots, notes) } }
            try await waitUntil("two go on") { notes.order.count == 2 }
            for number in 3...5 {
                group.addTask { try await Self.read(number, in: slots, notes) }
                try await waitUntil("one more waits") { slots.waitingCount == number - 2 }
            }
            #expect(notes.order.count == 2)
            for number in 1...5 {
                notes.release(number)
                if number <= 3 { try await waitUntil("the next goes on") { notes.order.count == number + 2 } }
            }
            try await group.waitForAll()
        }
        #expect(Array(notes.order.dropFirst(2)) == [3, 4, 5])
    }

    @Test func `refuses those beyond the limit of who may wait`() async throws {
        let (slots, notes) = (ReadSlots(1, mostWaiting: 1, mostOfTenant: 9, retryAfter: .seconds(3)), Notes())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.read(1, in: slots, notes) }
            try await waitUntil("one goes on") { notes.order == [1] }
            group.addTask { try await Self.read(2, in: slots, notes) }
            try await waitUntil("one waits") { slots.waitingCount == 1 }
            await #expect(throws: StoreError.busy(retryAfter: .seconds(3))) {
                try await Self.read(3, in: slots, notes)
            }
            notes.release(1)
            notes.release(2)
            try await group.waitForAll()
        }
        notes.release(4)
        try await Self.read(4, in: slots, notes)
        #expect(notes.order == [1, 2, 4])
    }

    @Test func `keeps a tenant to its share, and leaves others theirs`() async throws {
        let (slots, notes) = (ReadSlots(2, mostWaiting: 10, mostOfTenant: 1, retryAfter: .seconds(3)), Notes())
        @Sendable func read(_ number: Int, of tenant: TenantID?) async throws {
            try await slots.asRead(of: tenant) { () async throws(StoreError) in
                notes.begin(number)
                while !notes.isReleased(number) { await Task.yield() }
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await read(1, of: "shop") }
            try await waitUntil("one goes on") { notes.order == [1] }
            await #expect(throws: StoreError.busy(retryAfter: .seconds(3))) { try await read(2, of: "shop") }
            for number in 3...5 { notes.release(number) }
            try await read(3, of: "bank")
            try await read(4, of: nil)
            notes.release(1)
            try await group.waitForAll()
            try await read(5, of: "shop")
        }
        #expect(notes.order == [1, 3, 4, 5])
    }

    @Test func `a read that is cancelled while it waits gives its place up`() async throws {
        let (slots, notes) = (ReadSlots(1, mostWaiting: 5, mostOfTenant: 9, retryAfter: .seconds(1)), Notes())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.read(1, in: slots, notes) }
            try await waitUntil("one goes on") { notes.order == [1] }
            try await withThrowingTaskGroup(of: Void.self) { cancelled in
                cancelled.addTask {
                    await #expect(throws: StoreError.self) { try await Self.read(2, in: slots, notes) }
                }
                try await waitUntil("one waits") { slots.waitingCount == 1 }
                cancelled.cancelAll()
                try await cancelled.waitForAll()
            }
            #expect(slots.waitingCount == 0)
            notes.release(1)
            try await group.waitForAll()
        }
        notes.release(3)
        try await Self.read(3, in: slots, notes)
        #expect(notes.order == [1, 3])
    }
}
