import Events

/// Events that the database has confirmed and lost, on their way to being appended again.
struct LostEvents: Sendable {
    private let stream: AsyncStream<[AcceptedEvent]>
    private let continuation: AsyncStream<[AcceptedEvent]>.Continuation

    init() {
        // As many as ``CommittedTail`` remembers.
        (stream, continuation) = AsyncStream.makeStream()
    }

    func add(_ events: [AcceptedEvent]) { continuation.yield(events) }

    func close() { continuation.finish() }

    /// Gives them one loss at a time, until the store closes or the task is cancelled. One caller at a time.
    func forEach(_ body: ([AcceptedEvent]) async -> Void) async {
        for await events in stream { await body(events) }
    }
}
