import Events
import Synchronization
import Testing

@testable import DeliveryEngine

/// Who may read when: behind deliveries, clients before comparisons.
@Suite struct ReadAdmissionTests {
    @Test func `lets reads pass in their order, those of a provider without a rate limit at once`() async {
        let admission = ReadAdmission()
        #expect(await admission.admit(to: "free", within: .zero))
        #expect(admission.admitted(to: "free") == 1 && admission.admitted(to: "p") == 0)
        let (wishes, tell) = AsyncStream<ReadAdmission.Wish>.makeStream()
        admission.set({ tell.yield($0) }, givesTurns: true, for: "p")
        async let first = admission.admit(to: "p", within: .seconds(600))
        var iterator = wishes.makeAsyncIterator()
        #expect(await iterator.next() == .read)
        admission.grant("p")
        #expect(await first)
        // When the pipeline has ended nobody gives turns any more.
        async let second = admission.admit(to: "p", within: .seconds(600))
        #expect(await iterator.next() == .read)
        admission.removePipeline(of: "p")
        #expect(await second)
        #expect(admission.admitted(to: "p") == 2)
    }

    @Test func `a read that waits too long tells the pipeline so`() async {
        let admission = ReadAdmission()
        let (wishes, tell) = AsyncStream<ReadAdmission.Wish>.makeStream()
        admission.set({ tell.yield($0) }, givesTurns: true, for: "p")
        #expect(await !admission.admit(to: "p", within: .milliseconds(10)))
        #expect(admission.admitted(to: "p") == 0, "it took nothing of the rate limit")
        var iterator = wishes.makeAsyncIterator()
        #expect(await iterator.next() == .read)
        #expect(await iterator.next() == .withdraw)
    }

    @Test func `lets clients' reads pass before those of comparisons, which wait as long as it takes`() async {
        let admission = ReadAdmission()
        let (wishes, tell) = AsyncStream<ReadAdmission.Wish>.makeStream()
        admission.set({ tell.yield($0) }, givesTurns: true, for: "p")
        let (order, passed) = AsyncStream<ReadAdmission.Kind>.makeStream()
        var (told, granted) = (wishes.makeAsyncIterator(), order.makeAsyncIterator())
        await withDiscardingTaskGroup { group in
            for kind in [ReadAdmission.Kind.comparison, .client] {
                group.addTask {
                    if await admission.admit(to: "p", within: nil, kind: kind) { passed.yield(kind) }
                }
                #expect(await told.next() == .read)
            }
            admission.grant("p")
            #expect(await granted.next() == .client)
            admission.grant("p")
            #expect(await granted.next() == .comparison)
        }
    }

    @Test func `a comparison that is cancelled gives its turn and its place back`() async {
        let admission = ReadAdmission()
        let (wishes, tell) = AsyncStream<ReadAdmission.Wish>.makeStream()
        admission.set({ tell.yield($0) }, givesTurns: true, for: "p")
        var told = wishes.makeAsyncIterator()
        for _ in 0..<(2 * ReadAdmission.mostComparisons) {
            await withTaskGroup(of: Int?.self) { group in
                group.addTask { await admission.compare(at: "p") { 1 } }
                #expect(await told.next() == .read)
                group.cancelAll()
                #expect(await group.next() == .some(nil))
            }
            #expect(await told.next() == .withdraw)
        }
    }

    @Test func `as many comparisons read a provider without a rate limit as there may be, and no more`() async {
        let admission = ReadAdmission()
        let (begun, begins) = AsyncStream<Int>.makeStream()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let count = Count()
        await withDiscardingTaskGroup { group in
            for number in 0..<20 {
                group.addTask {
                    _ = await admission.compare(at: "free") {
                        count.change(by: 1)
                        begins.yield(number)
                        for await _ in gate {}
                        count.change(by: -1)
                    }
                }
            }
            var iterator = begun.makeAsyncIterator()
            for _ in 0..<ReadAdmission.mostComparisons { _ = await iterator.next() }
            open.finish()
            for _ in ReadAdmission.mostComparisons..<20 { _ = await iterator.next() }
        }
        #expect(count.most == ReadAdmission.mostComparisons)
    }

    /// How many reads are in flight, and the most that were.
    private final class Count: Sendable {
        private let counts = Mutex((now: 0, most: 0))

        var most: Int { counts.withLock { $0.most } }

        func change(by change: Int) {
            counts.withLock { $0 = ($0.now + change, max($0.most, $0.now + change)) }
        }
    }
}
