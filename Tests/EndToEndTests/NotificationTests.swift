import Foundation
import TestSupport
import Testing

/// People are told what is wrong, and that it is over, by a gateway to which their receivers do not matter.
@Suite struct NotificationTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    /// An incident lasts for longer than the second between two looks, so that none ends unseen.
    private static let quick =
        #""gather": "200ms", "interval": "200ms", "settle": "200ms", "quiet": "10s", "backlog": "1s""#

    private static func environment(_ server: ReceivingServer) -> [String: String] {
        Stage.credentials.merging(["E2E_NOTIFY": secret, "E2E_CHAT": "\(server.base)/chat"]) { $1 }
    }

    /// Routes with receivers.
    private static func write(_ receivers: String, _ stage: Stage) throws {
        try stage.writeRoutes(scopes: ["events:write", "events:read", "deliveries:manage", "admin"])
        try add(receivers, stage)
    }

    /// Adds receivers to the routes.
    private static func add(_ receivers: String, _ stage: Stage) throws {
        let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
        let settings = #""notifications": {"name": "e2e", \#(quick), "receivers": {\#(receivers)}}"#
        try Data(text.replacing("{\"version\": 1,", with: "{\"version\": 1, \(settings),").utf8).write(
            to: stage.routesFile
        )
    }

    private static func webhook(_ name: String, _ url: String, _ more: String = "") -> String {
        #""\#(name)": {"type": "webhook", "url": "\#(url)", "secret": {"env": "E2E_NOTIFY"}\#(more)}"#
    }

    /// Kinds and statuses of what a receiver was told, in order.
    private static func told(_ requests: [ReceivingServer.Received]) -> [String] {
        requests.flatMap { request -> [String] in
            let data = request.json["data"] as? [String: Any]
            return (data?["incidents"] as? [[String: Any]] ?? []).map {
                "\($0["kind"] ?? "") \($0["subject"] ?? "") \($0["status"] ?? "")"
            }
        }
    }

    @Test func `tells that a provider is parked and when that is over, beside receivers that hang and fail`()
        async throws
    {
        let server = try ReceivingServer()
        defer { server.stop() }
        try await Stage.set { (stage) async throws in
            let kinds = #", "kinds": ["parked"]"#
            try Self.write(
                [
                    Self.webhook("ops", "\(server.base)/ops", kinds), Self.webhook("hanging", "\(server.base)/hang"),
                    Self.webhook("failing", "\(server.base)/500"),
                    #""chat": {"type": "slack", "url": {"env": "E2E_CHAT"}, "kinds": ["parked"]}"#,
                ].joined(separator: ", "),
                stage
            )
            try await stage.setFaults("polar", #"{"status":{"401":1}}"#)
            let gateway = try await stage.startGateway(environment: Self.environment(server))
            for number in 0..<20 {
                let event = #"{"id":"e\#(number)","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
            }
            try await waitUntil("the receiver is told") {
                Self.told(server.received("/ops")) == ["parked polar started"]
            }
            let request = try #require(server.received("/ops").first)
            #expect(request.fields["webhook-id"]?.hasPrefix("msg_") == true)
            #expect(request.fields["webhook-signature"]?.hasPrefix("v1,") == true)
            #expect(request.json["type"] as? String == "tollgate.notification")
            try await waitUntil("the chat is told") {
                let text = server.received("/chat").first?.json["text"] as? String
                return text?.contains("NEW polar refuses its key or account") == true
            }
            try await stage.setFaults("polar", "{}")
            try await waitUntil("the receiver is told that it is over") {
                Self.told(server.received("/ops")) == ["parked polar started", "parked polar resolved"]
            }
            try await waitUntil("the others were tried") {
                !server.received("/hang").isEmpty && !server.received("/500").isEmpty
            }
            try await waitUntil("everything is delivered") { try await Set(stage.billed("polar")).count == 20 }
            // Counted when a receiver has responded, which is after it was told.
            let sent = ["receiver": "ops", "outcome": "sent"]
            let failed = ["receiver": "failing", "outcome": "failed"]
            try await waitUntil("both outcomes are counted") {
                let metrics = try PrometheusReader(try await stage.client.get("/metrics").text)
                return metrics.value("tollgate_notifications_total", sent) == 2
                    && metrics.value("tollgate_notifications_total", failed) ?? 0 >= 1
            }
            #expect(!gateway.lines.contains { $0.contains(Self.secret) || $0.contains("/chat") })
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `groups dead letters, and begins and ends with the receivers of a reloaded file`() async throws {
        let server = try ReceivingServer()
        defer { server.stop() }
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes()
            let ids = (0..<12).map { "e\($0)" }
            let poison = ids.map { "\"\($0)\"" }.joined(separator: ",")
            try await stage.setFaults("polar", #"{"poison":[\#(poison)],"poison_status":422}"#)
            let gateway = try await stage.startGateway(environment: Self.environment(server))
            try Self.write(Self.webhook("ops", "\(server.base)/ops", #", "kinds": ["dead_letters"]"#), stage)
            _ = try await gateway.waitForLine("the file is reloaded") {
                $0.contains("routes.json was reloaded") ? true : nil
            }
            let events = ids.map { #"{"id":"\#($0)","name":"n","customer_id":"c"}"# }
            #expect(try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]").status == 202)
            try await waitUntil("all are dead letters") {
                try await stage.deliveries("polar", "rejected").count == ids.count
            }
            try await waitUntil("the receiver is told until it has ended") {
                Self.told(server.received("/ops")).last == "dead_letters polar resolved"
            }
            try stage.writeRoutes()
            _ = try await gateway.waitForLine("the receiver is removed") {
                $0.contains("notifications ops: removed") ? true : nil
            }
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `tells of events that a vendor has lost and of a canary that is refused, and when both are over`()
        async throws
    {
        let server = try ReceivingServer()
        defer { server.stop() }
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            let limit = #""rate_limit": "10000/s", "reads": {"lag": "300ms"}"#
            try migration.writeRoutes(
                ["lago", "polar", "flexprice"],
                settings: [
                    "flexprice": limit + #", "verify": {"sample": "1/1"}"#,
                    "polar": limit + #", "canary": {"every": "1s"}"#,
                ]
            )
            try await migration.setSettings("flexprice", #"{"lose":1}"#)
            try await stage.setFaults("polar", #"{"poison":["tollgate_canary"],"poison_status":422}"#)
            let gateway = try await stage.startGateway(environment: Self.environment(server))
            try await migration.send(0..<2)
            try await waitUntil("both are known") {
                let ready = try await stage.client.get("/readyz").text
                return ready.contains("flexprice has lost 2 events") && ready.contains("did not accept the canary")
            }
            // What takes a file to read is read when there is a receiver, and once a minute from then on.
            try Self.add(Self.webhook("ops", "\(server.base)/ops", #", "kinds": ["lost", "canary"]"#), stage)
            try await waitUntil("the receiver is told") {
                Set(Self.told(server.received("/ops"))) == ["lost flexprice started", "canary polar started"]
            }
            let text = server.received("/ops").map { String(decoding: $0.body, as: UTF8.self) }.joined()
            #expect(text.contains("flexprice has lost 2 events of the sample that is read back"), "\(text)")
            #expect(text.contains("`tollgate providers watched` names them"), "\(text)")
            #expect(text.contains("did not accept the canary"), "\(text)")

            // One is mended, and the other one accepted.
            try await stage.setFaults("polar", "{}")
            let run = try await migration.compare(["flexprice"]).id
            let until = Date().addingTimeInterval(86_400).ISO8601Format()
            let accept =
                #"{"action":"accept","cause":"lost_after_accept","provider":"flexprice","reason":"a test","#
                + #""until":"\#(until)"}"#
            #expect(try await stage.client.post("/v1/parity/runs/\(run)/resolve", accept).status == 200)
            try await waitUntil("the receiver is told that both are over") {
                let told = Self.told(server.received("/ops"))
                return told.contains("lost flexprice resolved") && told.contains("canary polar resolved")
            }
            #expect(Self.told(server.received("/ops")).count == 4, "each once")
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `tries receivers of each type with the command`() async throws {
        let server = try ReceivingServer()
        defer { server.stop() }
        try await Stage.set { (stage) async throws in
            let (program, mail) = (stage.folder.appending(path: "sendmail"), stage.folder.appending(path: "mail"))
            try Data("#!/bin/sh\necho \"$@\" > \"\(mail.path)\"\ncat >> \"\(mail.path)\"\n".utf8).write(to: program)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program.path)
            try Self.write(
                [
                    Self.webhook("ops", "\(server.base)/ops"), Self.webhook("failing", "\(server.base)/500"),
                    #""chat": {"type": "slack", "url": {"env": "E2E_CHAT"}}"#,
                    #""mail": {"type": "mail", "from": "t@example.com", "to": "ops@example.com", "program": "\#(program.path)"}"#,
                ].joined(separator: ", "),
                stage
            )
            func run(_ arguments: String...) async throws -> (code: Int32, text: String) {
                let command = try ChildProcess(
                    "tollgate",
                    ["notifications", "test", "--routes", stage.routesFile.path] + arguments,
                    environment: Self.environment(server)
                )
                let code = try await command.waitForExit()
                return (code, command.lines.joined(separator: "\n"))
            }
            let all = try await run()
            #expect(all.code == 1)
            #expect(all.text.split(separator: "\n").count == 4)
            #expect(all.text.contains("it responded with status 500"))
            #expect(server.received("/ops").first?.json["type"] as? String == "tollgate.test")
            #expect((server.received("/chat").first?.json["text"] as? String)?.contains("This is a test.") == true)
            let text = try String(contentsOf: mail, encoding: .utf8)
            #expect(
                text.hasPrefix("-i -f t@example.com -- ops@example.com\nFrom: t@example.com\nTo: ops@example.com\n")
            )
            #expect(try await run("mail").code == 0)
            let unknown = try await run("nobody")
            #expect(unknown.code == 1)
            #expect(unknown.text.contains("no receiver named \"nobody\""))
        }
    }
}
