import Journal
import Synchronization
import Testing

@testable import Reports

/// Reads of a long list while many others search.
@Suite struct BusyStoreTests {
    /// Fails so often, then gives a number.
    private final class Reader: Sendable {
        private let calls = Mutex(0)
        private let error: StoreError
        private let failures: Int

        init(failing failures: Int, with error: StoreError = .busy(retryAfter: .zero)) {
            self.failures = failures
            self.error = error
        }

        var count: Int { calls.withLock { $0 } }

        func read() throws(StoreError) -> Int {
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            if call <= failures { throw error }
            return call
        }
    }

    @Test(arguments: [0, 1, 29])
    func `wait for their turn in the middle of the list`(failures: Int) async throws {
        let reader = Reader(failing: failures)
        let read = try await BusyStore.retrying(unless: false) { () async throws(StoreError) in try reader.read() }
        #expect(read == failures + 1 && reader.count == failures + 1)
    }

    @Test func `end after thirty tries`() async {
        let reader = Reader(failing: .max)
        await #expect(throws: StoreError.busy(retryAfter: .zero)) {
            try await BusyStore.retrying(unless: false) { () async throws(StoreError) in try reader.read() }
        }
        #expect(reader.count == 30)
    }

    @Test func `are told at once that the store is busy before anything was shown`() async {
        let reader = Reader(failing: 1)
        await #expect(throws: StoreError.busy(retryAfter: .zero)) {
            try await BusyStore.retrying(unless: true) { () async throws(StoreError) in try reader.read() }
        }
        #expect(reader.count == 1)
    }

    @Test(arguments: [StoreError.closed, .unfinishedRead, .failed(reason: "x"), .full(retryAfter: .zero), .leaseLost])
    func `try nothing again that another try does not change`(error: StoreError) async {
        let reader = Reader(failing: 1, with: error)
        await #expect(throws: error) {
            try await BusyStore.retrying(unless: false) { () async throws(StoreError) in try reader.read() }
        }
        #expect(reader.count == 1)
    }
}
