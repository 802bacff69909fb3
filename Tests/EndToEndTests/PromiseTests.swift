import Foundation
import TestSupport
import Testing

/// The promises of the product, each with real processes, files and sockets.
@Suite struct PromiseTests {
    private func event(_ id: String) -> String {
        #"{"id":"\#(id)","name":"n","customer_id":"c","timestamp":"2024-03-20T15:04:05.123Z"}"#
    }

    @Test func `durable before the answer: a kill right after the 202 loses nothing`() async throws {
        try await Stage.set { (stage) async throws in
            for vendor in ["lago", "polar", "flexprice", "knetik"] {
                try await stage.setFaults(vendor, #"{"reset_before":1}"#)
            }
            let gateway = try await stage.startGateway()
            for number in 1...20 {
                let answer = try await stage.client.postPatiently("/v1/events", event("e\(number)"))
                #expect(answer.status == 202)
            }
            try await gateway.stop(by: SIGKILL)
            try await stage.withGateway { _ async throws in
                for number in 1...20 { #expect(try await stage.client.get("/v1/events/e\(number)").status == 200) }
            }
        }
    }

    @Test
    func `at most once on the bill: a vendor that applies and then fails gets the same event again, and bills it once`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            for vendor in ["lago", "polar", "flexprice"] {
                try await stage.setFaults(vendor, #"{"status_after":{"503":0.5},"reset_after":0.3,"seed":11}"#)
            }
            try await stage.withGateway { _ async throws in
                for number in 1...30 { _ = try await stage.client.post("/v1/events", event("e\(number)")) }
                let expected = Set((1...30).map { "e\($0)" })
                for vendor in ["lago", "polar", "flexprice"] {
                    try await waitUntil("\(vendor) has all") {
                        let waiting = try await stage.deliveries(vendor, "retrying")
                        let billed = try await stage.billed(vendor)
                        return waiting.isEmpty && Set(billed) == expected
                    }
                    #expect(try await stage.billed(vendor).count == 30, "\(vendor)")
                    #expect(try await stage.received(vendor) >= 30)
                }
            }
        }
    }

    @Test func `a vendor without deduplication never gets an event again whose outcome is unknown`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.setFaults("knetik", #"{"reset_after":0.5,"seed":3}"#)
            try await stage.withGateway { _ async throws in
                for number in 1...40 { _ = try await stage.client.post("/v1/events", event("e\(number)")) }
                try await waitUntil("every delivery at Knetik has ended") {
                    let uncertain = try await stage.deliveries("knetik", "uncertain")
                    let billed = try await stage.billed("knetik")
                    return Set(uncertain).union(billed).count == 40
                }
                let billed = try await stage.billed("knetik")
                #expect(Set(billed).count == billed.count, "an event was sent twice")
                #expect(!(try await stage.deliveries("knetik", "uncertain")).isEmpty)
            }
        }
    }

    @Test func `a vendor that hangs delays no other, nor the answer`() async throws {
        try await Stage.set { (stage) async throws in
            // Who waits for lago, waits longer than the test does.
            try stage.writeRoutes(timeout: "600s")
            try await stage.setFaults("lago", #"{"hang":1}"#)
            try await stage.withGateway { _ async throws in
                for number in 1...50 {
                    let answer = try await stage.client.post("/v1/events", event("e\(number)"))
                    #expect(answer.status == 202)
                }
                for vendor in ["polar", "flexprice", "knetik"] {
                    try await waitUntil("\(vendor) has all") {
                        try await stage.billed(vendor).count == 50
                    }
                }
                #expect(try await stage.billed("lago").isEmpty)
            }
        }
    }

    @Test func `a vendor that hangs does not hold up the shutdown, and its events arrive after the next start`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(timeout: "600s")
            try await stage.setFaults("polar", #"{"hang":1}"#)
            let gateway = try await stage.startGateway()
            _ = try await stage.client.post("/v1/events", event("e1"))
            try await waitUntil("the others have it") { try await stage.statuses(of: "e1")["lago"] == "delivered" }
            #expect(try await gateway.stop() == 0)
            try await stage.setFaults("polar", "{}")
            try await stage.withGateway { _ async throws in
                try await waitUntil("polar has it") { try await stage.billed("polar") == ["e1"] }
            }
        }
    }

    @Test func `a client that waits for a vendor which hangs is answered when the gateway stops`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(timeout: "600s")
            try await stage.setFaults("lago", #"{"hang":1}"#)
            let gateway = try await stage.startGateway()
            async let answer = stage.client.post("/v1/events", event("e1"), headers: ["Prefer": "wait=60"])
            try await waitUntil("another vendor has the event") { try await stage.billed("polar") == ["e1"] }
            #expect(try await gateway.stop() == 0)
            #expect(try await answer.status == 202)
        }
    }

    @Test func `a poisoned event does not hold up its batch`() async throws {
        try await Stage.set { (stage) async throws in
            for vendor in ["lago", "polar", "flexprice"] { try await stage.setFaults(vendor, #"{"poison":["e7"]}"#) }
            try await stage.withGateway { _ async throws in
                let batch = "[\((1...20).map { event("e\($0)") }.joined(separator: ","))]"
                #expect(try await stage.client.post("/v1/events", batch).status == 202)
                for vendor in ["lago", "polar", "flexprice"] {
                    try await waitUntil("\(vendor) has the others") { try await Set(stage.billed(vendor)).count == 19 }
                    #expect(!(try await stage.billed(vendor).contains("e7")))
                }
            }
        }
    }

    @Test func `nothing is dropped in silence: what a vendor will never take is a dead letter with the reason`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                let nested = #"{"id":"nested","name":"n","customer_id":"c","properties":{"a":{"b":1}}}"#
                _ = try await stage.client.post("/v1/events", nested)
                try await waitUntil("every delivery has ended") {
                    try await stage.statuses(of: "nested") == [
                        "lago": "delivered", "flexprice": "delivered", "polar": "rejected", "knetik": "rejected",
                    ]
                }
                let page = try await stage.client.get("/v1/deliveries?status=rejected&provider=polar")
                #expect(page.text.contains(#""code":"untranslatable""#))
                #expect(page.text.contains("properties.a"))
            }
        }
    }

    @Test func `no secret leaves: not in a log, an answer or a file`() async throws {
        try await Stage.set { (stage) async throws in
            for vendor in ["lago", "polar", "flexprice", "knetik"] {
                try await stage.setFaults(vendor, #"{"status":{"401":0.3,"500":0.3,"429":0.2},"seed":5}"#)
            }
            let gateway = try await stage.startGateway(arguments: ["--log-level", "trace"])
            var seen = ""
            for number in 1...10 {
                seen += try await stage.client.post("/v1/events", event("e\(number)")).text
                seen += try await stage.client.get("/v1/events/e\(number)").text
            }
            try await waitUntil("attempts failed") {
                gateway.lines.count { $0.contains("\"message\":\"attempt\"") } >= 4
            }
            for number in 1...10 { seen += try await stage.client.get("/v1/events/e\(number)").text }
            seen += try await stage.client.get("/readyz").text + (try await stage.client.get("/v1/deliveries").text)
            try await gateway.stop()
            seen += gateway.lines.joined()
            let walk = FileManager.default.enumerator(at: stage.dataFolder, includingPropertiesForKeys: nil)
            let files = walk?.compactMap { $0 as? URL } ?? []
            #expect(!files.isEmpty)
            for secret in Array(Stage.credentials.values) + [Stage.key] {
                #expect(!seen.contains(secret))
                for file in files {
                    let data = FileManager.default.contents(atPath: file.path) ?? Data()
                    #expect(data.range(of: Data(secret.utf8)) == nil, "\(file.lastPathComponent)")
                }
            }
        }
    }
}
