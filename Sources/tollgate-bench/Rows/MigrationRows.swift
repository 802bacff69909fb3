import Events
import Foundation
import NIOCore
import NIOHTTP1
import Vendors

/// The rows about moving to another vendor: plans, backfills and comparisons.
extension BenchRun {
    /// What a file would do to everything that was recorded, next to translating it and nothing else.
    func planRow(events: Int) async throws -> Row {
        let vendors = ["lago", "polar", "flexprice"]
        return try await Sink.whileRunning(in: scratch) { sink in
            try await withGateway(BenchRoutes(vendors: ["lago"], manages: true), sink: sink) { gateway in
                try await accept(events, gateway, sink)
                let file = BenchRoutes(vendors: vendors, manages: true).text(sink: sink.server.port)
                let memory = gateway.process.usage.residentBytes
                let start = SharedClock.now
                let order = try await gateway.ask("/v1/plans", file)
                guard let id = order["id"] as? String else { throw BenchFailure(description: "no plan: \(order)") }
                let plan = try await gateway.wait("/v1/plans/\(id)") { $0["result"] is [String: Any] }
                let time = Double(SharedClock.now - start) / 1e9
                let counted = (plan["result"] as? [String: Any])?["events"] as? Int ?? 0
                let alone = Limit(name: "translating alone", value: try Self.translationTime(of: events, vendors))
                return Row(
                    .plan,
                    "plan a file with \(vendors.count) vendors over \(counted) recorded events",
                    [
                        Figure("", time, "s", of: alone),
                        Figure("more memory", Double(gateway.process.usage.peakBytes - memory) / 1e6, "MB"),
                    ]
                )
            }
        }
    }

    /// Seconds to translate so many events for each of the vendors, on one core.
    private static func translationTime(of events: Int, _ vendors: [String]) throws -> Double {
        let sample = try EventSample()
        let rows = try TextParts(sample: sample, seconds: 1).translateRows().filter { vendors.contains($0.name) }
        return rows.reduce(0) { $0 + Double(events) / ($1.figures.first?.value ?? 1) }
    }

    /// Gives a vendor what was accepted before, next to delivering as many events from a live backlog.
    func backfillRow(events: Int) async throws -> Row {
        try await Sink.whileRunning(in: scratch) { sink in
            let live = try await withGateway(BenchRoutes(vendors: ["polar"], manages: true), sink: sink) {
                try await acceptThenDeliver(events, $0, to: 1, sink).deliveriesPerSecond
            }
            let (rate, memory) = try await withJoiningVendor(events, sink) { gateway in
                let before = try await sink.deliveries()
                let memory = gateway.process.usage.residentBytes
                let start = SharedClock.now
                let number = try await gateway.startBackfill()
                let (count, _) = try await sink.waitForDeliveries(before + events, within: .seconds(300))
                let time = Double(SharedClock.now - start) / 1e9
                guard count >= before + events else { throw BenchFailure(description: "\(count - before) were filled") }
                _ = try await gateway.wait("/v1/backfills/\(number)") { $0["state"] as? String == "done" }
                return (Double(events) / time, gateway.process.usage.peakBytes - memory)
            }
            return Row(
                .backfill,
                "backfill \(events) events into a sink in batches of 100, without live traffic",
                [
                    Figure("", rate, "deliveries/s", of: Limit(name: "a live backlog", value: live)),
                    Figure("more memory", Double(memory) / 1e6, "MB"),
                ]
            )
        }
    }

    /// Accepts events while a backfill runs, next to accepting them without one; in turns, three times each.
    func backfillBesideLiveRow(events: Int) async throws -> Row {
        var (alone, beside): ([LoadReport], [LoadReport]) = ([], [])
        for _ in 1...3 {
            try await Sink.whileRunning(in: scratch) { sink in
                try await withJoiningVendor(events, sink) { gateway in
                    alone.append(try await load(gateway, connections: 4))
                    let number = try await gateway.startBackfill()
                    beside.append(try await load(gateway, connections: 4))
                    let state = try await gateway.ask("/v1/backfills/\(number)", nil)["state"] as? String
                    guard state == "running" else {
                        throw BenchFailure(description: "the backfill was over before the load; take more events")
                    }
                }
            }
        }
        let undisturbed = Limit(name: "without it", value: Self.median(alone.map { Double($0.p99) / 1000 }))
        let rate = Limit(name: "without it", value: Self.median(alone.map(\.requestsPerSecond)))
        return Row(
            .backfillBesideLive,
            "accept one event a request while a backfill of \(events) runs",
            [
                Figure("p99", Self.median(beside.map { Double($0.p99) / 1000 }), "ms", of: undisturbed),
                Figure("", Self.median(beside.map(\.requestsPerSecond)), "accepted/s", of: rate),
            ]
        )
    }

    /// Compares the journal with its own record of deliveries, without asking a vendor.
    func ledgerRow(events: Int) async throws -> Row {
        try await Sink.whileRunning(in: scratch) { sink in
            try await withGateway(BenchRoutes(vendors: ["lago", "polar"], manages: true), sink: sink) { gateway in
                try await accept(events, gateway, sink, to: 2)
                let memory = gateway.process.usage.residentBytes
                let start = SharedClock.now
                let run = try await gateway.compare(["lago", "polar"], level: "ledger")
                return Row(
                    .ledger,
                    "compare \(run["events"] as? Int ?? 0) events with the record of their deliveries to 2 vendors",
                    [
                        Figure("", Double(SharedClock.now - start) / 1e9, "s"),
                        Figure("more memory", Double(gateway.process.usage.peakBytes - memory) / 1e6, "MB"),
                    ]
                )
            }
        }
    }

    /// Compares every event with what three simulated vendors show, next to reading the same lists and nothing else; in turns, three times
    /// each.
    ///
    /// A list is read when its rows are there: a comparison does that too, on the same machine as the vendors. What the requests take whose
    /// answers nobody looks at is told beside it. Lists are read once before, so that neither is the first.
    func parityRow(events: Int) async throws -> Row {
        let simulators = try await BenchServer("tollgate", readyAt: "/sandbox", in: scratch) {
            ["sandbox", "--listen", "127.0.0.1:\($0)", "--log-level", "error"]
        }
        return try await simulators.whileRunning {
            let routes = BenchRoutes(vendors: SimulatedVendor.all.map(\.name), manages: true, isSimulated: true)
            return try await withGateway(routes, at: simulators.port) { gateway in
                let report = try await load(gateway, batch: 100, events: events)
                guard report.failed == 0 else { throw BenchFailure(description: "\(report.failed) requests failed") }
                for vendor in SimulatedVendor.all { try await vendor.waitForEvents(report.events, at: simulators) }
                let span = BenchServer.recent
                let reads = try await recordedReads(of: report.events, in: span, at: simulators)
                let memory = gateway.process.usage.residentBytes
                var (compared, alone, bytes) = ([Double](), [Double](), [Double]())
                var calls = 0
                for _ in 1...3 {
                    let time = try await Self.time {
                        calls = try await gateway.calls(comparing: routes.vendors, in: span)
                    }
                    compared.append(time)
                    alone.append(try await Self.time { try await Self.atOnce(reads) { try await $0.read() } })
                    bytes.append(try await Self.time { try await Self.atOnce(reads) { try await $0.send() } })
                }
                let lists = Limit(name: "of the lists", value: Double(reads.reduce(0) { $0 + $1.count }))
                return Row(
                    .parity,
                    "compare \(report.events) events one by one with 3 simulated vendors",
                    [
                        Figure(
                            "",
                            Self.median(compared),
                            "s",
                            of: Limit(name: "the same lists alone", value: Self.median(alone))
                        ),
                        Figure("bytes of the lists", Self.median(bytes), "s"),
                        Figure("calls", Double(calls), of: lists),
                        Figure("more memory", Double(gateway.process.usage.peakBytes - memory) / 1e6, "MB"),
                    ]
                )
            }
        }
    }

    /// The reads that list so many events at each simulated vendor.
    private func recordedReads(of events: Int, in span: ReadWindow, at simulators: BenchServer) async throws
        -> [RecordedReads]
    {
        let times = try await SimulatedVendor.times(of: events, at: simulators)
        var reads: [RecordedReads] = []
        for vendor in SimulatedVendor.all {
            reads.append(try await RecordedReads(of: vendor, in: span, times, at: simulators))
        }
        return reads
    }

    /// Reads at all vendors at once.
    private static func atOnce(
        _ reads: [RecordedReads],
        _ body: @escaping @Sendable (RecordedReads) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reads in reads { group.addTask { try await body(reads) } }
            try await group.waitForAll()
        }
    }

    /// How many seconds something takes.
    private static func time(_ body: () async throws -> Void) async throws -> Double {
        let start = SharedClock.now
        try await body()
        return Double(SharedClock.now - start) / 1e9
    }

    /// Sends events and waits until the sink has all of them.
    private func accept(_ events: Int, _ gateway: BenchServer, _ sink: Sink, to vendors: Int = 1) async throws {
        let before = try await sink.deliveries()
        let report = try await load(gateway, batch: 100, events: events)
        guard report.failed == 0 else { throw BenchFailure(description: "\(report.failed) requests failed") }
        let wanted = before + report.events * vendors
        let (count, _) = try await sink.waitForDeliveries(wanted, within: .seconds(300))
        guard count >= wanted else { throw BenchFailure(description: "\(wanted - count) deliveries are missing") }
    }

    /// A gateway with events of the past to which a second vendor has been added.
    private func withJoiningVendor<Result>(
        _ events: Int,
        _ sink: Sink,
        _ body: (BenchServer) async throws -> Result
    ) async throws -> Result {
        let data = UUID().uuidString
        try await withGateway(BenchRoutes(vendors: ["lago"], manages: true), sink: sink, data: data) {
            try await accept(events, $0, sink)
        }
        let routes = BenchRoutes(vendors: ["lago", "polar"], manages: true)
        return try await withGateway(routes, sink: sink, data: data, body)
    }
}

extension BenchServer {
    private static let key = ("Authorization", "Bearer \(BenchRoutes.key)")

    /// A call of the gateway's API that must succeed.
    /// - Parameter body: nil for a GET.
    func ask(_ path: String, _ body: String?) async throws -> [String: Any] {
        let answer: (status: HTTPResponseStatus, body: ByteBuffer)
        if let body { answer = try await post(path, body, Self.key) } else { answer = try await get(path, Self.key) }
        let json = try JSONSerialization.jsonObject(with: Data(answer.body.readableBytesView))
        guard (200..<300).contains(Int(answer.status.code)), let object = json as? [String: Any] else {
            throw BenchFailure(description: "\(path) was answered \(answer.status): \(String(buffer: answer.body))")
        }
        return object
    }

    /// Polls a resource until a condition holds, for at most ten minutes.
    fileprivate func wait(_ path: String, until holds: ([String: Any]) -> Bool) async throws -> [String: Any] {
        let end = ContinuousClock.now + .seconds(600)
        while ContinuousClock.now < end {
            let answer = try await ask(path, nil)
            if holds(answer) { return answer }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw process.failure("\(path) does not end")
    }

    /// Starts a backfill of the last 30 days at the full rate.
    fileprivate func startBackfill() async throws -> Int {
        let body = #"{"to":"polar","since":"30d","rate":100,"confirmed":true}"#
        let backfills = try await ask("/v1/backfills", body)["backfills"] as? [[String: Any]]
        guard let number = backfills?.first?["id"] as? Int else {
            throw BenchFailure(description: "no backfill has started")
        }
        return number
    }

    /// The last month, until now.
    fileprivate static var recent: ReadWindow {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        return ReadWindow(from: now + .seconds(-30 * 86_400), until: now + .seconds(60))
    }

    /// Compares every event, which must all be there.
    /// - Returns: how many calls that took.
    fileprivate func calls(comparing vendors: [String], in span: ReadWindow) async throws -> Int {
        let run = try await compare(vendors, level: "full", in: span)
        guard run["verdict"] as? String == "equal" else {
            throw BenchFailure(description: "the comparison says \(run)")
        }
        let providers = run["providers"] as? [[String: Any]] ?? []
        return providers.reduce(0) { $0 + (($1["calls"] as? [String: Any])?["made"] as? Int ?? 0) }
    }

    /// Starts a comparison and waits for its result.
    fileprivate func compare(_ vendors: [String], level: String, in span: ReadWindow = recent) async throws -> [String:
        Any]
    {
        let names = vendors.map { "\"\($0)\"" }.joined(separator: ",")
        let body =
            #"{"from":"\#(span.from.rfc3339)","until":"\#(span.until.rfc3339)","providers":[\#(names)],"#
            + #""level":"\#(level)"}"#
        guard let id = try await ask("/v1/parity/runs", body)["id"] as? Int else {
            throw BenchFailure(description: "no comparison has started")
        }
        return try await wait("/v1/parity/runs/\(id)") { ["finished", "failed"].contains($0["state"] as? String) }
    }
}
