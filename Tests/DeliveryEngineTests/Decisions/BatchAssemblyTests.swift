import DeliveryEngine
import Events
import Testing

@Suite struct BatchAssemblyTests {
    @Test func `fills a batch to the vendor's count, oldest first`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 2, bytes: 1 << 20), oneIdentityOncePerBatch: false)
        assembly.append((1...5).map { .sample($0) })
        #expect(assembly.next()?.numbers == [1, 2])
        #expect(assembly.next()?.numbers == [3, 4])
        #expect(assembly.next()?.numbers == [5])
        #expect(assembly.next() == nil)
    }

    @Test func `stays within the vendor's bytes, commas included`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 100, bytes: 1_000), oneIdentityOncePerBatch: false)
        assembly.append((1...10).map { .sample($0, bytes: 300) })
        #expect(assembly.next()?.numbers == [1, 2])
    }

    @Test func `sends an event that is too large for any batch by itself`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 100, bytes: 1_000), oneIdentityOncePerBatch: false)
        assembly.append([.sample(1, bytes: 5_000), .sample(2)])
        #expect(assembly.next()?.numbers == [1])
        #expect(assembly.next()?.numbers == [2])
    }

    @Test func `puts an identity into a batch once, and its other events into the next, in order`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 10, bytes: 1 << 20), oneIdentityOncePerBatch: true)
        assembly.append([
            .sample(1, identity: "a"), .sample(2, identity: "a"), .sample(3, identity: "b"), .sample(4, identity: "a"),
        ])
        #expect(assembly.next()?.numbers == [1, 3])
        #expect(assembly.next()?.numbers == [2])
        #expect(assembly.next()?.numbers == [4])
    }

    @Test func `gives an event that failed half the company with each attempt`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 8, bytes: 1 << 20), oneIdentityOncePerBatch: false)
        assembly.append((1...8).map { .sample($0, attemptsBefore: 2) })
        #expect(assembly.next()?.numbers == [1, 2])
        var lone = BatchAssembly(limit: BatchLimit(events: 8, bytes: 1 << 20), oneIdentityOncePerBatch: false)
        lone.append([.sample(1), .sample(2, attemptsBefore: 50)])
        #expect(lone.next()?.numbers == [1])
        #expect(lone.next()?.numbers == [2])
    }

    @Test func `sends fixed batches first and whole`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 2, bytes: 1 << 20), oneIdentityOncePerBatch: false)
        assembly.append([.sample(9)])
        assembly.putBack(DeliveryBatch(items: [.sample(1), .sample(2), .sample(3)]))
        #expect(assembly.count == 4)
        #expect(assembly.next(atMost: 1)?.numbers == [1, 2, 3])
        #expect(assembly.next()?.numbers == [9])
    }

    @Test func `halves a batch without losing or repeating an event`() {
        let batch = DeliveryBatch(items: (1...7).map { .sample($0) })
        #expect(batch.halves.map(\.numbers) == [[1, 2, 3], [4, 5, 6, 7]])
    }
}
