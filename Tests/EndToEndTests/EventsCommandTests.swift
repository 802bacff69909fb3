import Foundation
import TestSupport
import Testing

/// `tollgate events`, as people use it.
@Suite struct EventsCommandTests {
    private func run(_ stage: Stage, _ arguments: [String]) async throws -> String {
        let command = try ChildProcess(
            "tollgate",
            ["events"] + arguments + ["--url", stage.client.base],
            environment: ["TOLLGATE_KEY": Stage.key]
        )
        let status = try await command.waitForExit()
        // The last line may come after the end.
        try await waitUntil("the command has said something") { !command.lines.isEmpty }
        let text = command.lines.joined(separator: "\n")
        #expect(status == 0, "\(text)")
        return text
    }

    @Test func `lists, counts, shows and estimates`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                for number in 1...3 {
                    let event = #"{"id":"e\#(number)","name":"api_request","customer_id":"c\#(number % 2)"}"#
                    #expect(try await stage.client.post("/v1/events", event).status == 202)
                }
                let list = try await run(stage, ["list", "--customer-id", "c1"])
                #expect(list.contains("e1") && list.contains("e3") && !list.contains("e2"))
                #expect(try await run(stage, ["names"]).contains("api_request  3"))
                try await waitUntil("lago has it") { try await stage.billed("lago").contains("e2") }
                #expect(
                    try await run(stage, ["show", "e2", "--provider", "lago"]).contains(#""subscription_id":"sub_c0""#)
                )
                let file = stage.folder.appending(path: "event.json")
                try Data(#"{"name":"api_request","customer_id":"c","properties":{"units":"3"}}"#.utf8).write(to: file)
                #expect(try await run(stage, ["estimate", file.path]).contains("total 0.06 EUR, by lago"))
            }
        }
    }

    @Test(arguments: ["names", "stream", "estimate", "preview", "id", "a/b?c#d%2F", "."])
    func `shows an event whose id has a meaning in a path`(id: String) async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                let event = #"{"id":"\#(id)","name":"n","customer_id":"customer-of-it"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
                let shown = try await run(stage, ["show", id])
                #expect(shown.contains("id: \(id)\n") && shown.contains("customer-of-it"), "\(shown)")
            }
        }
    }

    @Test func `shows control characters in ids and names as escapes`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                let event = #"""
                    {"id":"e\u001b[2J\nname: forged","name":"n\u202e\u009b","customer_id":"c\u0007\u2066",
                     "source":"s\r","properties":{}}
                    """#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
                let id = "e\u{1B}[2J\nname: forged"
                for arguments in [["list"], ["names"], ["show", id]] {
                    let text = try await run(stage, arguments)
                    #expect(text.contains(#"n\u202e\u009b"#), "\(arguments)")
                    #expect(
                        !text.unicodeScalars.contains { scalar in
                            scalar != "\n"
                                && (scalar.properties.generalCategory == .control || scalar.properties.isBidiControl)
                        },
                        "\(arguments)"
                    )
                    #expect(!text.split(separator: "\n").contains("name: forged"))
                }
            }
        }
    }

    @Test func `shows both events where two sources use one id`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                let events = ["a", "b"].map {
                    #"{"specversion":"1.0","type":"t","id":"same","source":"\#($0)","subject":"c","data":{"from":"\#($0)"}}"#
                }
                let type = ["Content-Type": "application/cloudevents-batch+json"]
                let body = "[\(events.joined(separator: ","))]"
                #expect(try await stage.client.post("/v1/events", body, headers: type).status == 202)
                let found = try await stage.client.get("/v1/events/same").object()
                let also = found["same_id"] as? [[String: Any]]
                #expect(found["source"] as? String == "a" && also?.map { $0["source"] as? String } == ["b"])
                let shown = try await run(stage, ["show", "same"])
                #expect(shown.contains("source: a") && shown.contains("source: b"), "\(shown)")
                #expect(shown.contains("The same id in another scope"))
            }
        }
    }

    @Test func `says of a delivery whose provider is parked since when it is due`() async throws {
        try await Stage.set { (stage) async throws in
            let routes = try String(contentsOf: stage.routesFile, encoding: .utf8)
            try Data(routes.replacing(#""parked_pause": "500ms""#, with: #""parked_pause": "1h""#).utf8)
                .write(to: stage.routesFile)
            try await stage.setFaults("lago", #"{"status":{"401":1}}"#)
            try await stage.withGateway { _ async throws in
                let event = #"{"id":"waits","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
                try await waitUntil("the delivery is due, and its provider parked") {
                    try await run(stage, ["show", "waits"]).contains("due since 20")
                }
            }
        }
    }

    @Test func `watches what happens, also over a restart of the gateway`() async throws {
        try await Stage.set { (stage) async throws in
            var gateway = try await stage.startGateway()
            let watch = try ChildProcess(
                "tollgate",
                ["events", "list", "--watch", "--url", stage.client.base],
                environment: ["TOLLGATE_KEY": Stage.key]
            )
            func send(_ id: String) async throws {
                let event = #"{"id":"\#(id)","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
            }
            // The stream begins some time after the command: send until one is seen.
            var number = 0
            try await waitUntil("an event is shown") {
                number += 1
                try await send("first-\(number)")
                return watch.lines.contains { $0.contains("accepted") && $0.contains("first-") }
            }
            _ = try await watch.waitForLine("its settlement is shown") {
                $0.contains("settled") && $0.contains("delivered") ? true : nil
            }
            try await gateway.stop()
            gateway = try await stage.startGateway()
            try await send("second")
            _ = try await watch.waitForLine("the stream is taken up again") { $0.contains("second") ? true : nil }
            try await watch.stop(by: SIGKILL)
            try await gateway.stop()
        }
    }
}
