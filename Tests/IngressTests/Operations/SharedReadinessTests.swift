import Synchronization
import TestSupport
import Testing

@testable import Ingress

@Suite struct SharedReadinessTests {
    /// Counts its reports, which are ready when the test says so, or when their task is cancelled.
    private final class Counted: ReadinessReporting {
        private let number = Atomic(0)
        private let isReleased = Atomic(false)

        var reports: Int { number.load(ordering: .relaxed) }

        func finish() { isReleased.store(true, ordering: .relaxed) }

        func report() async -> ReadinessReport {
            let report = number.add(1, ordering: .relaxed).newValue
            while !isReleased.load(ordering: .relaxed), !Task.isCancelled { await Task.yield() }
            return ReadinessReport([
                ReadinessItem(name: "store", isReady: report == 1, detail: "report \(report)", isEssential: true)
            ])
        }
    }

    @Test func `makes one report for all requests without a key`() async throws {
        let counted = Counted()
        let shared = SharedReadiness(counted)
        try await withThrowingTaskGroup(of: ReadinessReport.self) { group in
            for _ in 1...20 { group.addTask { await shared.summary() } }
            try await waitUntil("one makes it, and the others wait") { counted.reports == 1 && shared.waiting == 19 }
            counted.finish()
            for try await report in group { #expect(report.isReady && report.items == nil) }
        }
        #expect(counted.reports == 1)
    }

    @Test func `makes another one after a second`() async {
        let counted = Counted()
        counted.finish()
        let shared = SharedReadiness(counted)
        let start = ContinuousClock.now
        #expect(await shared.summary(at: start).isReady)
        #expect(await shared.summary(at: start + .milliseconds(999)).isReady)
        #expect(counted.reports == 1)
        #expect(await !shared.summary(at: start + .seconds(1)).isReady)
        #expect(counted.reports == 2)
    }

    /// Whoever closes its connection does not have all others make reports of their own.
    @Test func `makes one more if the request for which it is made is cancelled`() async throws {
        let counted = Counted()
        let shared = SharedReadiness(counted)
        let first = Task { await shared.summary() }
        try await waitUntil("it is being made") { counted.reports == 1 }
        try await withThrowingTaskGroup(of: ReadinessReport.self) { group in
            for _ in 1...20 { group.addTask { await shared.summary() } }
            try await waitUntil("all others wait") { shared.waiting == 20 }
            first.cancel()
            try await waitUntil("one of them makes it") { counted.reports == 2 && shared.waiting == 19 }
            counted.finish()
            for try await report in group { #expect(!report.isReady) }
        }
        _ = await first.value
        #expect(counted.reports == 2)
    }
}
