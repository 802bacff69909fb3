import Foundation
import TestSupport
import Testing

/// `tollgate plan` against what really happens: the same traffic, sent again to a gateway with the planned file.
@Suite struct PlanTests {
    /// What a provider gets, planned or real.
    private struct Outcome: Equatable {
        var events: Int
        var untranslatable: Int
        /// Requests of the busiest minute.
        var requests: Int
    }

    private static let vendors = ["lago", "flexprice", "polar", "knetik"]

    /// Two names that the new routes take, one that they do not, one that the client may not send; some events that not every vendor takes.
    private static let traffic: [String] = (0..<260).map { number in
        let name = ["api_request", "api_batch", "disk", "gpu"][number % 20 < 16 ? number % 2 : 2 + number % 2]
        let customer = number % 25 == 7 ? #""subscription_id":"s""# : #""customer_id":"c\#(number % 23)""#
        let properties = number % 30 == 11 ? #"{"tags":["a"]}"# : #"{"units":\#(number)}"#
        return #"{"id":"evt-\#(number)","name":"\#(name)",\#(customer),"properties":\#(properties)}"#
    }

    /// The stage's file with the new routes; Lago takes seven events a request, so that the last request is not full.
    private func newFile(_ stage: Stage) throws -> String {
        let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
        return text.replacing(#""name": "all", "#, with: #""name": "all", "match": {"name": "api_*"}, "#)
            .replacing(
                #"{"provider": "polar", "mode": "mirror"}"#,
                with: #"{"provider": "polar", "mode": "mirror", "share": 60}"#
            )
            .replacing(#""lago": {"#, with: #""lago": {"batch": 7, "#)
            .replacing(
                #""clients": [{"name": "demo", "#,
                with: #""clients": [{"name": "demo", "names": ["api_*", "disk"], "#
            )
    }

    /// The file of the first gateway: Lago alone, which takes everything.
    private func oldFile(_ stage: Stage) throws -> String {
        try String(contentsOf: stage.routesFile, encoding: .utf8)
            .replacing(/, \{"provider": "flexprice".*"knetik", "mode": "mirror"\}/, with: "")
    }

    private func write(_ text: String, to file: URL) throws {
        try Data(text.utf8).write(to: file, options: .atomic)
    }

    private func plan(_ stage: Stage, _ file: URL) async throws -> [String: Any] {
        let command = try ChildProcess(
            "tollgate",
            ["plan", file.path, "--json", "--url", stage.client.base],
            environment: Stage.credentials.merging(["TOLLGATE_KEY": Stage.key]) { $1 }
        )
        let status = try await command.waitForExit()
        #expect(status == 0)
        let line = try await command.waitForLine("the plan is printed") { $0.hasPrefix("{") ? $0 : nil }
        return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    }

    @Test func `predicts destinations, untranslatable events and requests of the same traffic exactly`() async throws {
        let planned = try await plannedResult()
        try await Stage.set { (stage) async throws in
            try write(newFile(stage), to: stage.routesFile)
            try await stage.withGateway { _ async throws in
                let codes = try await send(to: stage)
                #expect(codes["unrouted"] == Self.events(planned["unrouted"]))
                #expect(codes["forbidden"] == Self.events(planned["forbidden"]))
                let destinations = planned["destinations"] as? [[String: Any]] ?? []
                #expect(Set(destinations.compactMap { $0["provider"] as? String }) == Set(Self.vendors))
                for destination in destinations {
                    let vendor = try #require(destination["provider"] as? String)
                    let expected = Outcome(
                        events: destination["events"] as? Int ?? 0,
                        untranslatable: Self.events(destination["untranslatable"]) ?? 0,
                        requests: (destination["peak"] as? [String: Any])?["requests"] as? Int ?? 0
                    )
                    let real = try await outcome(stage, vendor)
                    #expect(real == expected, "\(vendor): \(real) instead of \(expected)")
                }
            }
        }
    }

    private static func events(_ counted: Any?) -> Int? { (counted as? [String: Any])?["events"] as? Int }

    /// The plan of the new file for traffic that was recorded under the old one.
    private func plannedResult() async throws -> [String: Any] {
        var result: [String: Any] = [:]
        try await Stage.set { (stage) async throws in
            let new = stage.folder.appending(path: "new-routes.json")
            try write(newFile(stage), to: new)
            try write(oldFile(stage), to: stage.routesFile)
            try await stage.withGateway { _ async throws in
                #expect(try await send(to: stage).isEmpty)
                result = try #require(try await plan(stage, new)["result"] as? [String: Any])
                #expect(result["events"] as? Int == Self.traffic.count)
            }
        }
        return result
    }

    /// Sends the traffic in one request, so that every provider finds all of its events at once.
    /// - Returns: how many events were refused, by code.
    private func send(to stage: Stage) async throws -> [String: Int] {
        let body = "[\(Self.traffic.joined(separator: ","))]"
        let answer = try await stage.client.post("/v1/events?partial=true", body).object()
        var codes: [String: Int] = [:]
        for event in answer["events"] as? [[String: Any]] ?? [] {
            for error in event["errors"] as? [[String: Any]] ?? [] {
                codes[error["code"] as? String ?? "?", default: 0] += 1
            }
        }
        return codes
    }

    private func outcome(_ stage: Stage, _ vendor: String) async throws -> Outcome {
        try await waitUntil("\(vendor) has all") {
            let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
            let provider = providers.first { $0["name"] as? String == vendor }
            return (provider?["backlog"] as? [String: Any])?["events"] as? Int == 0
        }
        let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
        let provider = providers.first { $0["name"] as? String == vendor }
        let events = try await stage.client.get("/v1/events?limit=1000&delivery_provider=\(vendor)").object()["events"]
        return Outcome(
            events: (events as? [[String: Any]])?.count ?? -1,
            untranslatable: try await stage.deliveries(vendor, "rejected").count,
            requests: (provider?["since_start"] as? [String: Any])?["requests"] as? Int ?? -1
        )
    }
}
