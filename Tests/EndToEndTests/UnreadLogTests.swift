import Foundation
import TestSupport
import Testing

/// A log that nobody reads: a pipe whose reader has stopped.
@Suite struct UnreadLogTests {
    @Test func `delays no answer and no orderly end, and is told how much is missing`() async throws {
        try await Stage.set { (stage) async throws in
            let pipe = stage.folder.appending(path: "log").path
            try #require(mkfifo(pipe, 0o600) == 0)
            // Open at both ends, so that the gateway can open it, and read by nobody before the test does.
            let reader = open(pipe, O_RDWR | O_NONBLOCK)
            try #require(reader >= 0)
            defer { close(reader) }
            let gateway = try ChildProcess(
                path: "/bin/sh",
                [
                    "-c", #"log=$1; shift; exec "$@" 2> "$log""#, "sh", pipe,
                    ChildProcess.programs.appending(path: "tollgate").path, "serve", "--routes", stage.routesFile.path,
                    "--data", stage.dataFolder.path, "--listen", "127.0.0.1:\(stage.port)", "--log-format", "json",
                    "--open-metrics",
                ],
                environment: Stage.credentials
            )
            try await waitUntil("the gateway takes requests") {
                do {
                    return try await stage.client.get("/healthz").status == 200
                } catch {
                    return false
                }
            }
            // A long path makes a long line: a pipe takes 64 KiB, and 4 MiB may wait.
            let path = "/" + String(repeating: "x", count: 7_000)
            for _ in 0..<800 { #expect(try await stage.client.get(path).status == 404) }
            let metrics = try PrometheusReader(try await stage.client.get("/metrics").text)
            #expect(metrics.value("tollgate_log_lines_dropped_total") ?? 0 > 0)
            var text = ""
            try await waitUntil("the log says what is missing") {
                text += Self.read(reader)
                return text.contains("log lines were dropped")
            }
            try await gateway.stop()
            text += Self.read(reader)
            #expect(text.components(separatedBy: #""message":"listening""#).count == 2)
        }
    }

    private static func read(_ descriptor: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let count = Foundation.read(descriptor, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
