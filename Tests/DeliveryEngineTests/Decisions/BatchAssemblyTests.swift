import Events
import Randomness
import Testing

@testable import DeliveryEngine

@Suite struct BatchAssemblyTests {
    let reached = Timestamp(milliseconds: 1_700_000_000_000)

    @Test func `fills a batch to the vendor's count, oldest first`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 2, bytes: 1 << 20))
        assembly.append(all: (1...5).map { .sample($0) })
        #expect(assembly.next()?.numbers == [1, 2])
        #expect(assembly.next()?.numbers == [3, 4])
        #expect(assembly.next()?.numbers == [5])
        #expect(assembly.next() == nil)
    }

    @Test func `stays within the vendor's bytes, commas included`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 100, bytes: 1_000))
        assembly.append(all: (1...10).map { .sample($0, bytes: 300) })
        #expect(assembly.next()?.numbers == [1, 2])
    }

    @Test func `sends an event that is too large for any batch by itself`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 100, bytes: 1_000))
        assembly.append(all: [.sample(1, bytes: 5_000), .sample(2)])
        #expect(assembly.next()?.numbers == [1])
        #expect(assembly.next()?.numbers == [2])
    }

    @Test func `puts an identity into a batch once, and its other events into the next, in order`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 10, bytes: 1 << 20, oneIdentityOnce: true))
        assembly.append(all: [
            .sample(1, identity: "a"), .sample(2, identity: "a"), .sample(3, identity: "b"), .sample(4, identity: "a"),
        ])
        #expect(assembly.next()?.numbers == [1, 3])
        #expect(assembly.next()?.numbers == [2])
        #expect(assembly.next()?.numbers == [4])
    }

    @Test func `gives an event that failed half the company with each attempt`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 8, bytes: 1 << 20))
        assembly.append(all: (1...8).map { .sample($0, attemptsBefore: 2, reachedAt: reached) })
        #expect(assembly.next()?.numbers == [1, 2])
        var lone = BatchAssembly(limit: BatchLimit(events: 8, bytes: 1 << 20))
        lone.append(all: [.sample(1), .sample(2, attemptsBefore: 50, reachedAt: reached)])
        #expect(lone.next()?.numbers == [1])
        #expect(lone.next()?.numbers == [2])
    }

    @Test func `gives whole company to an event that the vendor never looked at`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 8, bytes: 1 << 20))
        assembly.append(all: (1...8).map { .sample($0, attemptsBefore: 9) })
        #expect(assembly.next()?.items.count == 8)
    }

    @Test func `sends fixed batches before others of their kind, and whole`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 2, bytes: 1 << 20))
        assembly.append(.sample(9, standing: .repeated))
        assembly.putBack(DeliveryBatch(items: [.sample(1), .sample(2), .sample(3)]))
        #expect(assembly.count == 4)
        #expect(assembly.next()?.numbers == [1, 2, 3])
        #expect(assembly.next()?.numbers == [9])
    }

    @Test func `gives new events every second request beside any number of retries`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 2, bytes: 1 << 20))
        assembly.append(all: (1...100).map { .sample($0, standing: .repeated) })
        assembly.append(all: (101...104).map { .sample($0) })
        let sent = (1...4).compactMap { _ in assembly.next()?.numbers }
        #expect(sent == [[101, 102], [1, 2], [103, 104], [3, 4]])
    }

    @Test func `never mixes events of different standing`() {
        var random = SplitMix(seed: 3)
        var assembly = BatchAssembly(limit: BatchLimit(events: 5, bytes: 1 << 20))
        for number in 1...200 {
            assembly.append(.sample(Int64(number), standing: Standing.allCases.randomElement(using: &random) ?? .fresh))
        }
        var seen = 0
        while let batch = assembly.next(BatchAssembly.Permission(accused: true)) {
            #expect(batch.items.allSatisfy { $0.standing == batch.standing })
            if batch.standing == .suspect { #expect(batch.items.count == 1) }
            seen += batch.items.count
        }
        #expect(seen == 200)
    }

    @Test(arguments: [
        ([Standing.fresh, .repeated, .suspect, .accused], Standing.fresh),
        ([.repeated, .suspect, .accused], .repeated), ([.suspect, .accused], .suspect), ([.accused], .accused),
    ]) func `probes with the event against which the least is known`(waiting: [Standing], expected: Standing) {
        var assembly = BatchAssembly(limit: BatchLimit(events: 5, bytes: 1 << 20))
        for (index, standing) in waiting.reversed().enumerated() {
            assembly.append(all: [
                .sample(Int64(index * 2), standing: standing), .sample(Int64(index * 2 + 1), standing: standing),
            ])
        }
        let probe = assembly.probe()
        #expect(probe?.standing == expected)
        #expect(probe?.items.count == 1)
        #expect(assembly.count == waiting.count * 2 - 1)
    }

    @Test func `takes a single event out of a fixed batch for a probe`() {
        var assembly = BatchAssembly(limit: BatchLimit(events: 5, bytes: 1 << 20))
        assembly.putBack(DeliveryBatch(items: [.sample(1), .sample(2), .sample(3)]))
        #expect(assembly.probe()?.numbers == [1])
        #expect(assembly.next()?.numbers == [2, 3])
    }

    @Test func `halves a batch without losing or repeating an event`() {
        let batch = DeliveryBatch(items: (1...7).map { .sample($0) })
        #expect(batch.halves.map(\.numbers) == [[1, 2, 3], [4, 5, 6, 7]])
    }
}

extension BatchAssembly {
    fileprivate mutating func append(all items: [DeliveryItem]) {
        for item in items { append(item) }
    }
}
