import Foundation
import TestSupport
import Testing

/// `tollgate parity`, with vendors that lose, double and alter what they confirmed.
@Suite struct ParityTests {
    private static let vendors = ["lago", "polar", "flexprice"]

    /// What a command said, and how it ended.
    private struct Report {
        let status: Int32
        let text: String

        /// The run as the gateway has it.
        var run: [String: Any] {
            get throws {
                let line = text.split(separator: "\n").last { $0.hasPrefix("{") } ?? ""
                return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            }
        }

        /// How often each cause was found at a provider.
        func causes(_ provider: String) throws -> [String: Int] {
            let reports = try run["providers"] as? [[String: Any]] ?? []
            let causes = reports.first { $0["provider"] as? String == provider }?["causes"] as? [[String: Any]] ?? []
            return Dictionary(
                uniqueKeysWithValues: causes.map { ($0["cause"] as? String ?? "", $0["count"] as? Int ?? -1) }
            )
        }
    }

    private func parity(_ stage: Stage, _ arguments: [String]) async throws -> Report {
        let command = try ChildProcess(
            "tollgate",
            ["parity"] + arguments + ["--url", stage.client.base],
            environment: ["TOLLGATE_KEY": Stage.key]
        )
        let status = try await command.waitForExit()
        // The last line may come after the end.
        try await waitUntil("the command has said something") { !command.lines.isEmpty }
        return Report(status: status, text: command.lines.joined(separator: "\n"))
    }

    private func run(_ stage: Stage, _ providers: [String] = vendors, _ more: [String] = []) async throws -> Report {
        let order = ["--from", Self.window.from, "--until", Self.window.until]
        return try await parity(
            stage,
            ["run", "--providers", providers.joined(separator: ",")] + order + more + ["--json"]
        )
    }

    /// A stage whose vendors show events within a second, with a gateway that keeps events of the past.
    private func withVendors(
        timeout: String = "60s",
        _ body: (Stage, ChildProcess) async throws -> Void
    ) async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(timeout: timeout)
            var text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            for vendor in Self.vendors {
                text = text.replacing(
                    #""adapter": "\#(vendor)""#,
                    with: #""adapter": "\#(vendor)", "reads": {"lag": "1s"}"#
                )
            }
            try Data(text.utf8).write(to: stage.routesFile)
            try await stage.withGateway { try await body(stage, $0) }
        }
    }

    /// The window of the tests: an hour that is over.
    private static let start = Date(timeIntervalSince1970: (Date.now.timeIntervalSince1970 - 7200).rounded())
    private static let window = (from: text(start), until: text(start.addingTimeInterval(3600)))

    private static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Sends events, and waits until all vendors have confirmed them.
    private func send(_ stage: Stage, _ numbers: Range<Int>) async throws {
        let lines = numbers.map { number in
            let time = Self.text(Self.start.addingTimeInterval(Double(number) * 1.001))
            return #"""
                {"id":"e\#(number)","name":"api_\#(number % 3)","customer_id":"c\#(number % 7)","timestamp":"\#(time)","properties":{"units":\#(number),"text":"é","nothing":null}}
                """#
        }
        #expect(try await stage.client.post("/v1/events", "[\(lines.joined(separator: ","))]").status == 202)
        try await waitUntil("all is delivered") {
            let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
            return providers.count == 4
                && providers.allSatisfy { ($0["backlog"] as? [String: Any])?["events"] as? Int == 0 }
        }
    }

    private func settings(_ stage: Stage, _ vendor: String, _ settings: String) async throws {
        let answer = try await stage.sandbox.send("PUT", "/sandbox/\(vendor)/settings", Array(settings.utf8))
        #expect(answer.status == 200)
    }

    private func planted(_ stage: Stage, _ vendor: String, _ kind: String) async throws -> Set<String> {
        let ids = try await stage.sandbox.get("/sandbox/\(vendor)/planted").object()[kind] as? [String] ?? []
        return Set(ids)
    }

    private func found(_ stage: Stage, _ run: Report, _ provider: String, _ cause: String) async throws -> Set<String> {
        let id = try run.run["id"] as? Int ?? -1
        let path = "/v1/parity/runs/\(id)/findings?provider=\(provider)&cause=\(cause)&limit=1000"
        let findings = try await stage.client.get(path).object()["findings"] as? [[String: Any]] ?? []
        #expect(findings.allSatisfy { $0["confirmed"] as? Bool == true })
        return Set(findings.compactMap { $0["event_id"] as? String })
    }

    @Test func `names exactly the events that a vendor lost, and sends them again`() async throws {
        try await withVendors { stage, _ in
            try await settings(stage, "polar", #"{"lose":0.05,"seed":7}"#)
            try await send(stage, 0..<400)
            let lost = try await planted(stage, "polar", "lost")
            try #require(!lost.isEmpty)
            try await settings(stage, "polar", #"{"lose":0}"#)
            let first = try await run(stage)
            #expect(first.status == 1, "\(first.text)")
            #expect(try first.causes("polar") == ["lost_after_accept": lost.count])
            #expect(try first.causes("lago") == [:] && first.causes("flexprice") == [:])
            #expect(try await found(stage, first, "polar", "lost_after_accept") == lost)
            let id = try "\(first.run["id"] as? Int ?? -1)"
            let mended = try await parity(stage, ["resolve", id, "--resend"])
            #expect(mended.status == 0 && mended.text.contains("\(lost.count) events sent again"), "\(mended.text)")
            let event = try await stage.client.get("/v1/events/\(lost.first ?? "")").object()
            let resent = (event["timeline"] as? [[String: Any]])?.last
            #expect(resent?["type"] as? String == "resent" && resent?["provider"] as? String == "polar")
            #expect(resent?["comparison"] as? Int == Int(id))
            // Nothing is left to be sent again.
            #expect(try await parity(stage, ["resolve", id, "--resend"]).text.contains("0 events sent again"))
            let second = try await run(stage)
            #expect(second.status == 0, "\(second.text)")
            #expect(try second.causes("polar") == [:])
            #expect(try await Set(stage.billed("polar")).count == 400)
        }
    }

    @Test func `names what each vendor lost, doubled and altered by its cause`() async throws {
        try await withVendors { stage, _ in
            for vendor in Self.vendors {
                try await settings(stage, vendor, #"{"lose":0.03,"double":0.03,"alter":0.03,"seed":11}"#)
            }
            try await send(stage, 0..<500)
            let report = try await run(stage)
            #expect(report.status == 1)
            for vendor in Self.vendors {
                for (kind, cause) in [("lost", "lost_after_accept"), ("doubled", "doubled"), ("altered", "content")] {
                    let planted = try await planted(stage, vendor, kind)
                    #expect(!planted.isEmpty)
                    #expect(try await found(stage, report, vendor, cause) == planted, "\(vendor) \(kind)")
                }
                #expect(try report.causes(vendor).count == 3, "\(vendor)")
            }
            let page = stage.folder.appending(path: "report.html")
            let shown = try await parity(
                stage,
                ["show", "\(report.run["id"] as? Int ?? -1)", "--html", page.path, "--csv", page.path + ".csv"]
            )
            #expect(shown.status == 1 && shown.text.contains("lost_after_accept at polar"))
            #expect(try String(contentsOf: page, encoding: .utf8).contains("<svg"))
            #expect(try String(contentsOfFile: page.path + ".csv", encoding: .utf8).contains("lago,content,money"))
        }
    }

    @Test func `says 2, never 0, if a vendor cannot be read`() async throws {
        try await withVendors { stage, _ in
            try await send(stage, 0..<500)
            // Some pages come.
            try await stage.setFaults("lago", #"{"status":{"401":0.5},"seed":5}"#)
            let refused = try await run(stage, ["lago", "polar"])
            #expect(refused.status == 2, "\(refused.text)")
            #expect(try refused.causes("lago")["unreadable"] != nil && refused.causes("polar") == [:])
            // What could not be compared is not missing either.
            #expect(try refused.causes("lago")["lost_after_accept"] == nil)
            try await stage.setFaults("lago", "{}")
            #expect(try await run(stage, ["lago", "polar"]).status == 0)
        }
    }

    @Test func `says 2, never 0, if a vendor does not respond`() async throws {
        try await withVendors(timeout: "1s") { stage, _ in
            try await send(stage, 0..<50)
            try await stage.setFaults("lago", #"{"hang":1}"#)
            #expect(try await run(stage, ["lago"]).status == 2)
        }
    }

    @Test func `goes on with a comparison after it was killed`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes()
            var text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            // Long enough that the kill comes before the second read.
            text = text.replacing(#""adapter": "polar""#, with: #""adapter": "polar", "reads": {"lag": "10s"}"#)
            try Data(text.utf8).write(to: stage.routesFile)
            var gateway = try await stage.startGateway()
            try await settings(stage, "polar", #"{"lose":0.1,"seed":3}"#)
            try await send(stage, 0..<100)
            let lost = try await planted(stage, "polar", "lost")
            let order = #"""
                {"from":"\#(Self.window.from)","until":"\#(Self.window.until)","providers":["polar"]}
                """#
            let id = try await stage.client.post("/v1/parity/runs", order).object()["id"] as? Int ?? -1
            try await waitUntil("the first read is over") {
                // A busy machine may look only when all is over.
                let state = try await stage.client.get("/v1/parity/runs/\(id)").object()["state"] as? String
                return ["confirming", "finished"].contains(state)
            }
            try await gateway.stop(by: SIGKILL)
            gateway = try await stage.startGateway()
            let report = try await parity(stage, ["show", "\(id)", "--json"])
            #expect(report.status == 1)
            #expect(try await found(stage, report, "polar", "lost_after_accept") == lost)
            try await gateway.stop()
        }
    }

    @Test func `says what is wrong with a comparison that cannot be made`() async throws {
        try await withVendors { stage, _ in
            let bad = [
                ([Self.window.until, Self.window.from, "lago"], "must be after \"from\""),
                ([Self.window.from, Self.window.until, "lagoo"], "did you mean \"lago\"?"),
                ([Self.window.from, Self.window.until, "knetik"], "Knetik shows no events"),
                (["1999-01-01T00:00:00Z", Self.window.until, "lago"], "the journal has no events from before"),
                (["yesterday", Self.window.until, "lago"], "must be a timestamp such as"),
            ]
            for (order, message) in bad {
                let report = try await parity(
                    stage,
                    ["run", "--from", order[0], "--until", order[1], "--providers", order[2]]
                )
                #expect(report.status == 2 && report.text.contains(message), "\(report.text)")
            }
            #expect(try await run(stage, ["knetik"], ["--level", "ledger"]).status == 0)
        }
    }
}
