import Events
import Journal

/// Claims and settles what waits at an account as a pipeline does, without calling any vendor: one claim at a time, and several requests
/// in flight.
struct PipelineLoad: Sendable {
    let ledger: any DeliveryLedger
    let lease: AccountLease
    /// Maximum number of requests in flight.
    let requests: Int
    /// Events of a request.
    let events: Int
    /// Whether each request is written down before it is sent, as for vendors that do not recognize repeats.
    let intends: Bool

    private static let attempt = Attempt(
        at: Timestamp(milliseconds: 1),
        latency: .milliseconds(2),
        httpStatus: 200,
        status: .delivered
    )

    /// Delivers all that waits.
    func run() async throws -> PartTime {
        let start = ContinuousClock.now
        // As much as pipelines claim at once.
        let limit = BlockLimit(events: min(2000, max(64, 2 * events * requests)), bytes: 8 << 20)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            var (count, inFlight) = (0, 0)
            while let block = try await ledger.claimBlock(under: lease, limit: limit) {
                var rest = block.deliveries.map(\.sequence)[...]
                while !rest.isEmpty {
                    let request = Array(rest.prefix(events))
                    rest = rest.dropFirst(events)
                    if inFlight == requests { count += try await group.next() ?? 0 } else { inFlight += 1 }
                    group.addTask { try await settle(request) }
                }
            }
            return try await group.reduce(count, +)
        }
        return PartTime(events: count, time: .now - start)
    }

    /// - Returns: how many were delivered.
    private func settle(_ request: [SequenceNumber]) async throws -> Int {
        if intends { try await ledger.intend(request, under: lease) }
        let run = DeliveredRun(sequences: request, attempt: Self.attempt)
        try await ledger.settle(Settlement(provider: lease.provider, delivered: [run]), under: lease)
        return request.count
    }
}
