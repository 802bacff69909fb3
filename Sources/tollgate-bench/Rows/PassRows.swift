import Foundation

/// The row about calls that pass through the gateway to a vendor.
extension BenchRun {
    /// In turns at one gateway, five times each: the slowest hundredth of a load is a matter of moments.
    func passedRow() async throws -> Row {
        let calls = 10_000
        var (alone, beside, passed): ([LoadReport], [LoadReport], [LoadReport]) = ([], [], [])
        try await Sink.whileRunning(in: scratch) { sink in
            try await withGateway(.passing, sink: sink) { gateway in
                for _ in 1...5 {
                    alone.append(try await deliver(gateway))
                    async let reads = pass(calls, gateway)
                    beside.append(try await deliver(gateway))
                    passed.append(try await reads)
                }
            }
        }
        let undisturbed = Limit(name: "undisturbed", value: Self.median(alone.map { Double($0.p99) / 1000 }))
        let failed = (beside + passed).reduce(0) { $0 + $1.failed }
        return Row(
            .passed,
            "deliver events that clients wait for, while other clients make \(calls) passed calls",
            [
                Figure("p99", Self.median(beside.map { Double($0.p99) / 1000 }), "ms", of: undisturbed),
                Figure("", Self.median(passed.map(\.requestsPerSecond)), "passed calls/s"),
                Figure("p99 of passed calls", Self.median(passed.map { Double($0.p99) / 1000 }), "ms"),
            ] + (failed > 0 ? [Figure("FAILED", Double(failed), "requests")] : [])
        )
    }

    /// Few connections, so that the machine has time for both; two events each, which vendors get in a batch, as the sink wants it.
    private func deliver(_ gateway: BenchServer) async throws -> LoadReport {
        try await load(gateway, batch: 2, seconds: max(seconds, 5), connections: 4, flags: ["--waits"])
    }

    /// Passes read requests through to the vendor over four connections.
    private func pass(_ calls: Int, _ gateway: BenchServer) async throws -> LoadReport {
        try await load(gateway, path: "/lago/api/v1/customers", events: calls, connections: 4, flags: ["--reads"])
    }
}
