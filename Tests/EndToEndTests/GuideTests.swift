import Foundation
import TestSupport
import Testing

/// The guides do what they say: their commands run, their configurations are valid, their generated pages are fresh.
///
/// Blocks marked `sh` run from top to bottom as one script, at a gateway with simulated vendors; blocks marked `shell` need something that
/// a test does not have, such as a vendor's key, and do not run.
@Suite struct GuideTests {
    private static let operating = "Sources/Gateway/Gateway.docc/Operating.md"
    private static let migrating = "Sources/Gateway/Gateway.docc/MigratingPartOne.md"
    private static let moving = "Sources/Gateway/Gateway.docc/MigratingPartTwo.md"

    private static let versions = "Sources/Gateway/Gateway.docc/Versions.md"

    private static let simulators = "Sources/Gateway/Gateway.docc/SimulatedVendors.md"

    @Test(arguments: [
        "README.md", "Sources/Gateway/Gateway.docc/GettingStarted.md", operating, migrating, moving, simulators,
        versions,
    ])
    func `runs every command of the page`(page: String) async throws {
        let script = try Guide(page).blocks("sh").joined(separator: "\n")
        try #require(!script.isEmpty)
        try await withTemporaryFolder { folder in
            let (port, sandboxPort) = (try FreePort.find(), try FreePort.find())
            func atTheseAddresses(_ text: String) -> String {
                text.replacing("127.0.0.1:8080", with: "127.0.0.1:\(port)")
                    .replacing("127.0.0.1:8090", with: "127.0.0.1:\(sandboxPort)")
                    // A busy gateway may need longer than the command waits by default.
                    .replacing("tollgate health ", with: "tollgate health --timeout 60 ")
            }
            let routes = folder.appending(path: "routes.json")
            var sample = try String(contentsOf: Guide.root.appending(path: "routes.json"), encoding: .utf8)
            // Who operates a gateway has a key that may.
            if page == Self.operating {
                sample.replace("\"deliveries:manage\"", with: "\"deliveries:manage\", \"admin\"")
            }
            try Data(atTheseAddresses(sample).utf8).write(to: routes)
            // What the reader would see as an error is one for the script as well.
            try Data("fail-with-body\nsilent\nshow-error\n".utf8).write(to: folder.appending(path: ".curlrc"))
            let gateway = try ChildProcess(
                "tollgate",
                [
                    "serve", "--sandbox", "--routes", routes.path, "--data", folder.appending(path: "data").path,
                    "--listen", "127.0.0.1:\(port)", "--sandbox-listen", "127.0.0.1:\(sandboxPort)", "--log-format",
                    "json",
                ]
            )
            _ = try await gateway.waitForLine("the gateway listens") { $0.address(of: "listening") }
            let reader = try ChildProcess(
                path: "/bin/bash",
                ["-c", Self.start + atTheseAddresses(script), folder.path],
                environment: [
                    "CURL_HOME": folder.path, "TOLLGATE_URL": "http://127.0.0.1:\(port)",
                    "PATH": "\(ChildProcess.programs.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")",
                ]
            )
            let status = try await reader.waitForExit()
            #expect(status == 0, "\(reader.lines.suffix(20).joined(separator: "\n"))")
            try await gateway.stop()
        }
    }

    /// Ends with the first command that fails. Where a page waits for a time, everything is delivered first: a busy
    /// machine needs longer for that.
    private static let start = #"""
        set -euxo pipefail
        cd "$0"
        sleep() {
            while curl "$TOLLGATE_URL/v1/providers" -H "Authorization: Bearer ${TOLLGATE_KEY-}" |
                grep -E '"backlog":\{"events":[1-9]' > /dev/null; do command sleep 0.2; done
            command sleep "$1"
        }

        """#

    @Test(arguments: Guide.all)
    func `has configurations only that check accepts`(page: String) async throws {
        for block in try Guide(page).blocks("json") where block.contains("\"version\": 1") {
            try await withTemporaryFolder { folder in
                let file = folder.appending(path: "routes.json")
                try Data(block.utf8).write(to: file)
                let check = try ChildProcess("tollgate", ["check", file.path])
                let status = try await check.waitForExit()
                #expect(status == 0, "\(check.lines.joined(separator: "\n"))\n\(block)")
            }
        }
    }

    @Test(arguments: Guide.all)
    func `links to pages that exist`(page: String) throws {
        for link in try Guide(page).links where !FileManager.default.fileExists(atPath: Guide.root.path + "/" + link) {
            Issue.record("\(page) links to \(link)")
        }
    }

    @Test func `leads from the README to every page`() throws {
        var found: Set = ["README.md"]
        var unread = ["README.md"]
        while let page = unread.popLast() {
            for link in try Guide(page).links where link.hasSuffix(".md") && found.insert(link).inserted {
                unread.append(link)
            }
        }
        #expect(Set(Guide.all).subtracting(found) == [])
    }

    @Test func `explains every metric that the gateway has`() async throws {
        let page = try Guide(Self.operating).text
        try await Stage.set { (stage) async throws in
            try await stage.withGateway(arguments: ["--open-metrics"]) { _ async throws in
                _ = try await stage.client.post("/v1/events", #"{"id":"e","name":"n","customer_id":"c"}"#)
                try await waitUntil("it is delivered") { try await stage.statuses(of: "e")["lago"] == "delivered" }
                _ = try await stage.client.get("/nowhere")
                let metrics = try await stage.client.get("/metrics").text
                let names = metrics.matches(of: #/# HELP (\w+) /#).map { String($0.1) }
                #expect(names.count >= 15)
                for name in names { #expect(page.contains("| `\(name)` |"), "\(name)") }
            }
        }
    }

    @Test func `has the command reference as the commands give it`() async throws {
        try await withTemporaryFolder { folder in
            let fresh = folder.appending(path: "CommandReference.md")
            let program = ChildProcess.programs.appending(path: "tollgate").path
            let print = try ChildProcess(
                path: "/bin/sh",
                ["-c", "exec \"$0\" reference > \"$1\"", program, fresh.path]
            )
            #expect(try await print.waitForExit() == 0)
            let page = "Sources/tollgate/tollgate.docc/CommandReference.md"
            #expect(
                try String(contentsOf: fresh, encoding: .utf8) == Guide(page).text,
                "write it again: tollgate reference > \(page)"
            )
        }
    }
}
