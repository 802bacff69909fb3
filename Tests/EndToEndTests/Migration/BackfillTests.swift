import Foundation
import TestSupport
import Testing

/// A provider that joins later gets what came before, and nothing twice.
@Suite struct BackfillTests {
    private static let scopes = ["events:write", "events:read", "deliveries:manage", "migrations:manage", "admin"]
    private static let polar = #"{"provider": "polar", "mode": "mirror"}, "#

    /// Events from one number to another, in one request.
    private func send(_ numbers: Range<Int>, _ stage: Stage) async throws {
        let events = numbers.map {
            #"{"id":"e\#($0)","name":"n","customer_id":"c\#($0 % 7)","properties":{"u":\#($0)}}"#
        }
        let answer = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
        guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
    }

    private func edit(_ stage: Stage, _ change: (inout String) -> Void) throws {
        var text = try String(contentsOf: stage.routesFile, encoding: .utf8)
        change(&text)
        try Data(text.utf8).write(to: stage.routesFile, options: .atomic)
    }

    /// A stage whose routes do not have Polar.
    private func withoutPolar(_ body: (Stage) async throws -> Void) async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: Self.scopes)
            try edit(stage) { $0 = $0.replacing(Self.polar, with: "") }
            try await body(stage)
        }
    }

    private func addPolar(_ stage: Stage) async throws {
        try edit(stage) { text in
            text = text.replacing(
                #"{"provider": "knetik", "mode""#,
                with: #"\#(Self.polar){"provider": "knetik", "mode""#
            )
        }
        let answer = try await stage.client.post("/v1/config/reload", "")
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    }

    private func start(_ stage: Stage, _ more: String = "") async throws -> WebClient.Answer {
        try await stage.client.post("/v1/backfills", #"{"to": "polar", "since": "1h"\#(more)}"#)
    }

    private func state(_ stage: Stage) async throws -> String? {
        try await stage.client.get("/v1/backfills/1").object()["state"] as? String
    }

    private func names(_ numbers: Range<Int>) -> Set<String> { Set(numbers.map { "e\($0)" }) }

    @Test func `fills a provider that was added, and live events go there by themselves`() async throws {
        try await withoutPolar { (stage) async throws in
            try await stage.withGateway { (_) async throws in
                try await send(0..<300, stage)
                let refused = try await start(stage)
                #expect(refused.status == 422)
                #expect(
                    (try refused.object()["detail"] as? String ?? "").contains(
                        "no route sends events to provider polar"
                    )
                )
                try await addPolar(stage)
                try await send(300..<400, stage)
                let forecast = try await start(stage, #", "dry_run": true"#).object()
                let first = (forecast["forecasts"] as? [[String: Any]])?.first
                #expect(first?["events"] as? Int == 300 && first?["customers"] as? Int == 7)
                #expect((first?["not_taken"] as? [String: Int])?["delivered_live"] == 100)
                #expect(try await start(stage).status == 201)
                try await waitUntil("the backfill is done") { try await state(stage) == "done" }
                try await waitUntil("live events are there") { try await stage.billed("polar").count == 400 }
                #expect(Set(try await stage.billed("polar")) == names(0..<400))
                // What was filled belongs to no other backfill.
                let again = try await start(stage, #", "dry_run": true"#).object()
                let second = (again["forecasts"] as? [[String: Any]])?.first
                #expect(second?["events"] as? Int == 0)
                #expect((second?["not_taken"] as? [String: Int])?["earlier_backfill"] == 300)
            }
        }
    }

    @Test func `a backfill that is killed again and again delivers each event, and bills none twice`() async throws {
        try await withoutPolar { (stage) async throws in
            var gateway = try await stage.startGateway()
            for part in 0..<5 { try await send((part * 400)..<((part + 1) * 400), stage) }
            try await addPolar(stage)
            try edit(stage) { $0 = $0.replacing(#""polar": {"adapter""#, with: #""polar": {"batch": 50, "adapter""#) }
            #expect(try await stage.client.post("/v1/config/reload", "").status == 200)
            #expect(try await start(stage).status == 201)
            for round in 1...3 {
                try await waitUntil("round \(round) has sent some") { try await stage.received("polar") >= round * 100 }
                try await gateway.stop(by: SIGKILL)
                gateway = try await stage.startGateway()
            }
            try await waitUntil("the backfill is done") { try await state(stage) == "done" }
            let billed = try await stage.billed("polar")
            #expect(billed.count == 2000 && Set(billed) == names(0..<2000))
            try await gateway.stop()
        }
    }

    @Test func `pauses, resumes at another rate, and is cancelled`() async throws {
        try await withoutPolar { (stage) async throws in
            try await stage.withGateway { (_) async throws in
                for part in 0..<3 { try await send((part * 400)..<((part + 1) * 400), stage) }
                try edit(stage) { text in
                    text = text.replacing(
                        #""polar": {"adapter""#,
                        with: #""polar": {"batch": 1, "rate_limit": "100/s", "adapter""#
                    )
                }
                try await addPolar(stage)
                #expect(try await start(stage, #", "rate": 20"#).status == 201)
                #expect(try await start(stage).status == 409, "a backfill that overlaps one that runs")
                try await waitUntil("some have arrived") { try await stage.received("polar") >= 10 }
                #expect(try await stage.client.post("/v1/backfills/1/pause", "").status == 200)
                #expect(try await stage.client.post("/v1/backfills/1/pause", "").status == 409)
                try await waitUntil("nothing is in flight") {
                    let before = try await stage.received("polar")
                    try await Task.sleep(for: .milliseconds(300))
                    return try await stage.received("polar") == before
                }
                let paused = try await stage.received("polar")
                let rate = try await stage.client.send(
                    "PATCH",
                    "/v1/backfills/1",
                    // Slow enough that something is left to cancel however late this is.
                    Array(#"{"rate": 25}"#.utf8),
                    headers: ["Content-Type": "application/json"]
                )
                #expect(rate.status == 200)
                #expect(try await stage.client.post("/v1/backfills/1/resume", "").status == 200)
                try await waitUntil("it goes on") { try await stage.received("polar") > paused + 20 }
                #expect(try await stage.client.post("/v1/backfills/1/cancel", "").status == 200)
                try await waitUntil("it is cancelled") { try await state(stage) == "cancelled" }
                let billed = try await stage.billed("polar")
                #expect(billed.count < 1200 && Set(billed).count == billed.count)
                // Another one takes what is left.
                #expect(try await start(stage, #", "rate": 100"#).status == 201)
                try await waitUntil("all have arrived") { try await stage.billed("polar").count == 1200 }
                #expect(Set(try await stage.billed("polar")) == names(0..<1200))
            }
        }
    }
}
