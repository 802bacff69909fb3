import Events
import Journal
import Synchronization

/// A store that gives the results that a test says, and keeps what it was asked for.
final class ScriptedStore: EventAppending {
    private struct State {
        var requests: [AppendRequest] = []
        var asked: [SequenceNumber] = []
    }

    private let state = Mutex(State())
    private let results: @Sendable (AppendRequest) throws(StoreError) -> [AppendResult]
    private let originals: [SequenceNumber: AcceptedEvent]

    /// By default every event is new.
    init(
        originals: [SequenceNumber: AcceptedEvent] = [:],
        _ results: @escaping @Sendable (AppendRequest) throws(StoreError) -> [AppendResult] = { request in
            request.events.indices.map { .stored(SequenceNumber(Int64($0) + 1)) }
        }
    ) {
        self.originals = originals
        self.results = results
    }

    var requests: [AppendRequest] { state.withLock { $0.requests } }

    /// The originals that were read.
    var asked: [SequenceNumber] { state.withLock { $0.asked } }

    nonisolated(nonsending) func append(_ request: AppendRequest) async throws(StoreError) -> [AppendResult] {
        state.withLock { $0.requests.append(request) }
        return try results(request)
    }

    func original(_ sequence: SequenceNumber) async throws(StoreError) -> AcceptedEvent? {
        state.withLock { $0.asked.append(sequence) }
        return originals[sequence]
    }
}
