import Foundation
import PostgresServer

/// The rows about the return of a migration: how long it takes until new events are on the old vendor's bill again.
extension BenchRun {
    /// Over the embedded store.
    func returnRow() async throws -> Row {
        var returns: [MeasuredReturn] = []
        for _ in 1...3 { returns.append(try await measuredReturn()) }
        return Row(.goBack, "return the customers of a migration at once", Self.figures(returns))
    }

    /// Over the store that several gateways share, where an order begins to hold when all of them know it.
    func sharedReturnRow(_ database: BenchDatabase) async throws -> Row {
        var returns: [MeasuredReturn] = []
        for _ in 1...3 {
            let schema = PostgresServer.newSchema()
            returns.append(try await measuredReturn(arguments: database.arguments(schema: schema)))
        }
        return Row(.sharedReturn, "return the customers of a migration at once", Self.figures(returns))
    }

    private static func figures(_ returns: [MeasuredReturn]) -> [Figure] {
        [
            Figure("from the order to the old vendor", median(returns.map(\.untilOld)), "ms"),
            Figure("longest", returns.map(\.untilOld).max() ?? 0, "ms"),
            Figure("to the response", median(returns.map(\.untilResponse)), "ms"),
        ]
    }

    /// One return, in milliseconds from the sending of the order on.
    private struct MeasuredReturn {
        /// When the first event was sent that goes to the old vendor, as all later ones do.
        let untilOld: Double
        let untilResponse: Double
    }

    private static let customers = 10
    /// The gateway is ready by then, and the ramp ordered.
    private static let untilMove: TimeInterval = 8

    /// Moves customers, returns them, and measures until the old vendor bills new events.
    private func measuredReturn(arguments: [String] = []) async throws -> MeasuredReturn {
        let move = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.up) + Self.untilMove)
        let anchors = "\(UUID().uuidString).csv"
        let rows = (0..<Self.customers).map { "c\($0),\(move.ISO8601Format()),week" }
        let file = scratch.folder.appending(path: anchors)
        try Data((["customer_id,anchor,interval"] + rows).joined(separator: "\n").utf8).write(to: file)
        var routes = BenchRoutes(vendors: ["lago", "flexprice"], manages: true)
        routes.migration =
            #""m":{"route":"all","from":"lago","to":"flexprice","keep":"late","auto_hold":false,"#
            + #""boundary":{"anchors":"\#(anchors)"},"gates":{"min_events":1}}"#
        return try await Sink.whileRunning(in: scratch) { sink in
            try await withGateway(routes, sink: sink, arguments: arguments) { gateway in
                _ = try await gateway.ask(Self.actions, Self.ramp)
                guard Date() < move else { throw BenchFailure(description: "the ramp was ordered after the move") }
                try await Task.sleep(for: .seconds(move.timeIntervalSinceNow + 0.5))
                return try await Self.goBack(gateway)
            }
        }
    }

    private static let actions = "/v1/migrations/m/actions"
    private static let ramp =
        #"{"action":"ramp","share":100,"despite":["unexplained","rejected","uncertain","backlog_age"]}"#
    /// How long events are sent; the order comes a moment after the first.
    private static let span = Duration.seconds(4)

    /// Sends one event after another while the return is ordered, and looks where each goes.
    private static func goBack(_ gateway: BenchServer) async throws -> MeasuredReturn {
        async let ordered = order(gateway)
        var sent: [(id: String, at: UInt64)] = []
        let end = ContinuousClock.now + span
        while ContinuousClock.now < end {
            let (id, at) = ("return-\(sent.count)", SharedClock.now)
            let event = #"{"id":"\#(id)","name":"n","customer_id":"c\#(sent.count % customers)"}"#
            _ = try await gateway.ask("/v1/events", event)
            sent.append((id, at))
        }
        let (start, response) = try await ordered
        guard let first = sent.first, try await !isAtOld(first.id, gateway) else {
            throw BenchFailure(description: "the customers had not moved")
        }
        var old: UInt64?
        for event in sent where event.at >= start {
            let isHere = try await isAtOld(event.id, gateway)
            guard isHere || old == nil else { throw BenchFailure(description: "an event after the return went astray") }
            if isHere, old == nil { old = event.at }
        }
        guard let old else { throw BenchFailure(description: "no event went to the old vendor within \(span)") }
        return MeasuredReturn(untilOld: Double(old - start) / 1e6, untilResponse: Double(response - start) / 1e6)
    }

    /// Whether an event goes to the old vendor.
    private static func isAtOld(_ id: String, _ gateway: BenchServer) async throws -> Bool {
        let deliveries = try await gateway.ask("/v1/events/\(id)", nil)["deliveries"] as? [[String: Any]] ?? []
        // What the backfill brings there says nothing of the event's own plan.
        return deliveries.contains { $0["provider"] as? String == "lago" && $0["backfill"] == nil }
    }

    /// - Returns: when the order was sent, and when it was answered.
    private static func order(_ gateway: BenchServer) async throws -> (start: UInt64, response: UInt64) {
        try await Task.sleep(for: .milliseconds(500))
        let start = SharedClock.now
        _ = try await gateway.ask(actions, #"{"action":"return"}"#)
        return (start, SharedClock.now)
    }
}
