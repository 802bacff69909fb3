import Foundation
import TestSupport
import Testing

/// Durable before the answer, seen from outside: by the system calls of the process.
@Suite struct DurabilityTests {
    private static let events = 10

    @Test func `no 202 leaves before the flush of its event has returned`() async throws {
        try await Stage.set { (stage) async throws in
            let trace = stage.folder.appending(path: "trace")
            let gateway = try stage.launch()
            _ = try await gateway.waitForLine("the gateway listens") { $0.address(of: "listening") }
            let tracer = try ChildProcess(
                path: "strace",
                [
                    "-f", "-s", "24", "-e", "trace=fsync,fdatasync,write,writev,sendto", "-o", trace.path, "-p",
                    "\(gateway.identifier)",
                ]
            )
            try await waitUntil("the tracer is attached") {
                !tracer.isRunning || tracer.lines.contains { $0.contains("attached") }
            }
            if tracer.isRunning {
                for number in 0..<Self.events {
                    let event = #"{"id":"e\#(number)","name":"n","customer_id":"c"}"#
                    #expect(try await stage.client.post("/v1/events", event).status == 202)
                }
                try await waitUntil("the trace has every answer") {
                    try String(contentsOf: trace, encoding: .utf8).components(separatedBy: "HTTP/1.1 202").count
                        > Self.events
                }
                try await tracer.stop(by: SIGKILL)
                Self.expectOrder(in: try String(contentsOf: trace, encoding: .utf8))
            } else {
                print("system calls cannot be traced here, so their order was not looked at")
            }
            try await gateway.stop()
        }
    }

    /// Events were posted one after the other, so that the n-th answer needs n flushes that have returned.
    private static func expectOrder(in trace: String) {
        var (flushes, answers) = (0, 0)
        for line in trace.split(separator: "\n") {
            let isFlush = line.contains("fdatasync") || line.contains("fsync")
            if isFlush, line.hasSuffix("= 0") { flushes += 1 }
            if line.contains("HTTP/1.1 202"), !line.contains("resumed>") {
                answers += 1
                #expect(flushes >= answers, "answer \(answers) left after \(flushes) flushes")
            }
        }
        #expect(answers == events, "every answer was seen")
    }
}
