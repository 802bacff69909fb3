import Foundation
import TestSupport
import Testing

/// No secret leaves: everything that a gateway writes while vendors refuse, fail and talk back is searched for the keys that it holds.
@Suite struct SecretsTests {
    /// What must stand nowhere.
    private static let secrets = Array(Stage.credentials.values) + [Stage.key]

    @Test func `writes no key into a log, an answer, a file or its arguments`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["admin"])
            // A vendor whose address does not answer, and one that is no vendor.
            var text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let nowhere = #"""
                "nowhere": {"adapter": "knetik", "base_url": "http://127.0.0.1:1/", "credential": {"env": "E2E_KNETIK"}},
                "stranger": {"adapter": "polar", "base_url": "\#(stage.sandbox.base)/nothing", "credential": {"env": "E2E_POLAR"}},
                """#
            text = text.replacing(#""providers": {"#, with: #""providers": {\#(nowhere)"#)
                .replacing(
                    #""to": ["#,
                    with:
                        #""to": [{"provider": "nowhere", "mode": "mirror"}, {"provider": "stranger", "mode": "mirror"}, "#
                )
            try Data(text.utf8).write(to: stage.routesFile)
            let gateway = try await stage.startGateway(arguments: ["--log-level", "trace"])
            var said: [String] = []
            func note(_ answer: WebClient.Answer) { said.append("\(answer.headers)\n\(answer.text)") }

            for faults in [#"{}"#, #"{"status":{"401":0.5,"500":0.3}}"#, #"{"garbage":1}"#, #"{"reset_after":1}"#] {
                for vendor in ["knetik", "flexprice", "polar", "lago"] { try await stage.setFaults(vendor, faults) }
                for number in 1...3 {
                    let event = #"{"id":"e\#(said.count)-\#(number)","name":"api_request","customer_id":"c"}"#
                    note(try await stage.client.post("/v1/events", event, headers: ["Prefer": "wait=1"]))
                }
                for provider in ["lago", "polar", "flexprice", "knetik", "nowhere", "stranger"] {
                    note(try await stage.client.get("/v1/events/e0-1?provider=\(provider)"))
                    note(try await stage.client.get("/v1/events?provider=\(provider)"))
                }
                note(try await stage.client.post("/v1/events/estimate", #"{"name":"api_request","customer_id":"c"}"#))
                for path in ["/v1/events/e0-1", "/v1/events", "/v1/deliveries", "/v1/providers", "/readyz", "/metrics"]
                {
                    note(try await stage.client.get(path))
                }
            }
            // Keys at the wrong place come back in no answer.
            let misplaced = ["/v1/events?key=\(Stage.key)", "/v1/events/\(Stage.key)x?provider=\(Stage.key)"]
            for path in misplaced {
                let answer = try await stage.client.get(path)
                #expect((400..<500).contains(answer.status))
            }
            note(try await WebClient(base: stage.client.base).post("/knetik/v2/events?customerId=\(Stage.key)", "{}"))
            note(try await WebClient(base: stage.client.base).post("/lago/api/v1/events", #"{"event":{}}"#))
            note(
                try await stage.client.post(
                    "/v1/config/check",
                    text.replacing(#"{"env": "E2E_LAGO"}"#, with: #""inline""#)
                )
            )
            let arguments = try Data(contentsOf: URL(filePath: "/proc/\(gateway.identifier)/cmdline"))
            said.append(String(decoding: arguments, as: UTF8.self))
            try await gateway.stop()

            said += gateway.lines
            for file in try FileManager.default.subpathsOfDirectory(atPath: stage.dataFolder.path) {
                let path = stage.dataFolder.appending(path: file)
                guard let content = FileManager.default.contents(atPath: path.path) else { continue }
                said.append("\(file): " + String(decoding: content, as: UTF8.self))
            }
            #expect(said.count > 100)
            for secret in Self.secrets {
                for text in said where text.contains(secret) {
                    Issue.record("a key stands in: \(text.prefix(300))")
                }
            }
        }
    }
}
