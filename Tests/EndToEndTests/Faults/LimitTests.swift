import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// What happens at the end of the room: writes are refused with a time to come back, and nothing that was acknowledged is lost.
@Suite struct LimitTests {
    /// Posts events until one is refused, and returns the ids that were taken and the refusal.
    private func fill(_ stage: Stage, _ prefix: String, size: Int, atMost most: Int) async throws
        -> (taken: [String], refusal: WebClient.Answer?)
    {
        var random = SeededRandom()
        var taken: [String] = []
        for number in 0..<most {
            let id = "\(prefix)\(number)"
            // Text that cannot be compressed: it takes the room on the disk that it has in the request.
            let padding = Data(random.bytes(size)).base64EncodedString()
            let answer = try await stage.client.post(
                "/v1/events",
                #"{"id":"\#(id)","name":"n","customer_id":"c","properties":{"padding":"\#(padding)"}}"#
            )
            guard answer.status == 202 else { return (taken, answer) }
            taken.append(id)
        }
        return (taken, nil)
    }

    private func expectBilled(_ ids: [String], at vendors: [String], _ stage: Stage) async throws {
        for vendor in vendors {
            try await waitUntil("\(vendor) has all of them") { try await Set(ids).isSubset(of: stage.billed(vendor)) }
        }
    }

    @Test func `refuses writes while too much waits, and takes them when the vendor is back`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.setFaults("polar", #"{"status":{"503":1}}"#)
            let gateway = try await stage.startGateway(arguments: ["--backlog-limit", "40"])
            let (taken, refusal) = try await fill(stage, "a", size: 1, atMost: 200)
            #expect(taken.count >= 40)
            let answer = try #require(refusal)
            #expect(answer.status == 503)
            #expect(answer.headers.first(name: "retry-after").flatMap { Int($0) } ?? 0 > 0)
            #expect(answer.text.contains("nothing was acknowledged"))
            let unready = try await stage.client.get("/readyz")
            #expect(unready.status == 503 && unready.text.contains("--backlog-limit"), "\(unready.text)")
            try await stage.setFaults("polar", "{}")
            try await waitUntil("it is ready again") { try await stage.client.get("/readyz").status == 200 }
            try await waitUntil("writes are taken again") {
                try await stage.client.post("/v1/events", #"{"id":"z","name":"n","customer_id":"c"}"#).status == 202
            }
            try await expectBilled(taken + ["z"], at: ["lago", "polar", "flexprice"], stage)
            try await gateway.stop()
        }
    }

    @Test func `refuses writes on a full disk, and takes them when there is room again`() async throws {
        try await SmallDisk.with(megabytes: 12) { (disk) async throws in
            try await Stage.set { (stage) async throws in
                let gateway = try await stage.startGateway(arguments: ["--data", disk.appending(path: "data").path])
                let filler = disk.appending(path: "filler")
                try Data(count: 6 << 20).write(to: filler)
                let (taken, refusal) = try await fill(stage, "a", size: 30_000, atMost: 1000)
                let answer = try #require(refusal, "the disk was never full")
                #expect(answer.status == 503)
                #expect(answer.headers.contains(name: "retry-after"))
                let unready = try await stage.client.get("/readyz")
                #expect(unready.status == 503 && unready.text.contains("the disk is full"), "\(unready.text)")
                try FileManager.default.removeItem(at: filler)
                try await waitUntil("writes are taken again") {
                    try await stage.client.post("/v1/events", #"{"id":"z","name":"n","customer_id":"c"}"#).status == 202
                }
                // Polar takes no text of this length.
                try await expectBilled(taken + ["z"], at: ["lago", "flexprice"], stage)
                #expect(try await gateway.stop() == 0)
            }
        }
    }

    @Test func `settles what a full disk could not take when there is room, and sends nothing twice`() async throws {
        try await SmallDisk.with(megabytes: 16) { (disk) async throws in
            try await Stage.set { (stage) async throws in
                try stage.writeRoutes(timeout: "60s")
                // Knetik recognizes no repeat. It answers so slowly that requests are in flight whenever the disk becomes full.
                try await stage.setFaults("knetik", #"{"latency_ms":[1500,1500]}"#)
                let gateway = try await stage.startGateway(arguments: ["--data", disk.appending(path: "data").path])
                let (taken, _) = try await fill(stage, "a", size: 1, atMost: 150)
                #expect(taken.count == 150)
                let filler = disk.appending(path: "filler")
                try SmallDisk.fill(filler)
                _ = try await gateway.waitForLine("an outcome cannot be written") {
                    $0.contains("outcomes could not be written") ? true : nil
                }
                try FileManager.default.removeItem(at: filler)
                try await stage.setFaults("knetik", "{}")
                let vendors = ["lago", "flexprice", "polar", "knetik"]
                try await expectBilled(taken, at: vendors, stage)
                for vendor in vendors {
                    try await waitUntil("nothing waits for \(vendor)") {
                        for status in ["pending", "retrying"] {
                            guard try await stage.deliveries(vendor, status).isEmpty else { return false }
                        }
                        return true
                    }
                    #expect(try await stage.billed(vendor).count == taken.count, "\(vendor) bills one twice")
                    #expect(try await stage.deliveries(vendor, "uncertain").isEmpty)
                }
                #expect(try await gateway.stop() == 0)
            }
        }
    }
}

/// A file system of a few megabytes, in memory. Where it may not be mounted, the test is skipped with the reason.
enum SmallDisk {
    static func with(megabytes: Int, _ body: (URL) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let disk = folder.appending(path: "disk")
            try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
            let options = ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", disk.path]
            guard try await run("mount", options) == 0 else {
                try Test.cancel("no small file system can be mounted here")
            }
            do {
                try await body(disk)
            } catch {
                _ = try await run("umount", ["-l", disk.path])
                throw error
            }
            _ = try await run("umount", ["-l", disk.path])
        }
    }

    static func enlarge(_ disk: URL, toMegabytes megabytes: Int) async throws {
        let status = try await run("mount", ["-o", "remount,size=\(megabytes)m", disk.path])
        guard status == 0 else {
            throw ConditionNeverHeld(description: "the small disk is enlarged (status \(status))")
        }
    }

    /// Writes a file that takes all the room there is.
    static func fill(_ file: URL) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(.EIO) }
        defer { close(descriptor) }
        for size in [1 << 20, 4096, 1] {
            let piece = [UInt8](repeating: 0, count: size)
            while write(descriptor, piece, size) == size {}
        }
    }

    private static func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
        try await ChildProcess(path: program, arguments).waitForExit()
    }
}
