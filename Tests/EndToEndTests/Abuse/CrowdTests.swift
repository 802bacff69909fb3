import Foundation
import TestSupport
import Testing

/// Hostile clients in numbers: the gateway keeps its memory, and everybody else is served.
@Suite(.serialized) struct CrowdTests {
    private static func event(_ id: String) -> String { #"{"id":"\#(id)","name":"n","customer_id":"c"}"# }

    /// Whether others are served.
    private func expectService(_ stage: Stage, _ id: String) async throws {
        let client = WebClient(base: stage.client.base, key: Stage.key, usesOneConnection: true)
        #expect(try await client.post("/v1/events", Self.event(id)).status == 202)
        #expect(try await client.get("/v1/events/\(id)").status == 200)
    }

    @Test func `keeps three thousand idle connections, and serves others`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { (gateway) async throws in
                try await expectService(stage, "before")
                let before = try Footprint.megabytes(of: gateway.identifier)
                let crowd = try await Crowd.open(3000, to: stage.port)
                try await expectService(stage, "meanwhile")
                let after = try Footprint.megabytes(of: gateway.identifier)
                #expect(after - before < 150, "\(before) MB before, \(after) MB after")
                withExtendedLifetime(crowd) {}
            }
        }
    }

    @Test(arguments: ["/v1/events", "/v1/events?partial=true", "/nothing"])
    func `stops to read from clients that do not take their answers`(path: String) async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { (gateway) async throws in
                try await expectService(stage, "before")
                let before = try Footprint.megabytes(of: gateway.identifier)
                let crowd = try await Crowd.open(8, to: stage.port)
                let request = "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"
                let most = 256 << 20
                let taken = try await crowd.flood(String(repeating: request, count: 500), most: most)
                #expect(taken < most, "all of \(taken) bytes were taken")
                let after = try Footprint.megabytes(of: gateway.identifier)
                #expect(after - before < 60, "\(before) MB before, \(after) MB after")
                try await expectService(stage, "meanwhile")
                withExtendedLifetime(crowd) {}
            }
        }
    }

    @Test func `takes no more connections than it has files for, and does not run hot`() async throws {
        try await Stage.set { (stage) async throws in
            let program = ChildProcess.programs.appending(path: "tollgate").path
            let arguments = [
                "serve", "--routes", stage.routesFile.path, "--data", stage.dataFolder.path, "--listen",
                "127.0.0.1:\(stage.port)", "--log-format", "json",
            ]
            let gateway = try ChildProcess(
                path: "sh",
                ["-c", "ulimit -n 200 && exec \"$0\" \"$@\"", program] + arguments,
                environment: Stage.credentials
            )
            _ = try await gateway.waitForLine("the gateway listens") { $0.address(of: "listening") }
            try await expectService(stage, "before")
            do {
                let crowd = try await Crowd.open(300, to: stage.port)
                // The client's connection from before is not one of those that made room.
                try await expectService(stage, "meanwhile")
                let (start, before) = (ContinuousClock.now, try Footprint.seconds(of: gateway.identifier))
                // A time on the clock to compare the time on the processor with.
                try await Task.sleep(for: .seconds(1))
                let used = try Footprint.seconds(of: gateway.identifier) - before
                #expect(used < 0.5 * ((ContinuousClock.now - start) / .seconds(1)))
                withExtendedLifetime(crowd) {}
            }
            let later = WebClient(base: stage.client.base, key: Stage.key)
            #expect(try await later.get("/healthz").status == 200)
            #expect(try await gateway.stop() == 0)
        }
    }
}
