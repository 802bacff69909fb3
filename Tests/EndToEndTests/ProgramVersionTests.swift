import Foundation
import TestSupport
import Testing

/// Which program runs, as operators find it out.
@Suite struct ProgramVersionTests {
    @Test func `says version, commit and build on the command line, at healthz and in the log alike`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { (gateway) async throws in
                let health = try await WebClient(base: stage.client.base).get("/healthz").object()
                let (number, commit, build) = (
                    try #require(health["version"] as? String), try #require(health["commit"] as? String),
                    try #require(health["build"] as? String)
                )
                #expect(health["status"] as? String == "alive")
                let started = try await gateway.waitForLine("the log says what starts") { $0.members(of: "starting") }
                #expect(started["version"] as? String == number)
                #expect(started["commit"] as? String == commit && started["build"] as? String == build)

                let command = try ChildProcess("tollgate", ["--version"])
                #expect(try await command.waitForExit() == 0)
                try await waitUntil("the version is printed") { !command.lines.isEmpty }
                #expect(command.lines[0].hasPrefix("\(number) (commit \(commit), build \(build), "), "\(command.lines)")
            }
        }
    }
}

extension String {
    /// The members of a JSON log line with this message.
    fileprivate func members(of message: String) -> [String: Any]? {
        guard let line = try? JSONSerialization.jsonObject(with: Data(utf8)) as? [String: Any],
            line["message"] as? String == message
        else { return nil }
        return line
    }
}
