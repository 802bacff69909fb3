import Foundation
import NIOHTTP1
import PostgresServer
import TestSupport
import Testing

/// The database goes away under a running gateway, and comes back.
@Suite(.serialized) struct SharedStoreOutageTests {
    private static func event(_ id: String) -> String { #"{"id":"\#(id)","name":"n","customer_id":"c"}"# }

    @Test func `refuses writes and reads while the database is away, and continues by itself`() async throws {
        // A server of its own: others must not notice.
        let server = try await PostgresServer.make()
        try await Stage.set(over: .shared(address: server.address, lease: "3s")) { (stage) async throws in
            try await stage.withGateway { gateway async throws in
                let client = stage.client
                #expect(try await client.postPatiently("/v1/events", Self.event("before")).status == 202)
                try await server.crash()
                let refused = try await client.post("/v1/events", Self.event("during"))
                #expect(refused.status == 503, "\(refused.text)")
                #expect(refused.text.contains("store-unreachable"), "\(refused.text)")
                let hint = try #require(refused.headers.first(name: "Retry-After").flatMap { Int($0) })
                #expect((1...30).contains(hint))
                try await waitUntil("the gateway is not ready, and says why") {
                    let ready = try await client.get("/readyz")
                    return ready.status == 503 && ready.text.contains("postgresql: cannot be reached")
                }
                #expect(try await client.get("/healthz").status == 200)
                let read = try await client.get("/v1/events/before")
                #expect(read.status == 503 && read.headers.first(name: "Retry-After") != nil, "\(read.text)")
                #expect(try await client.post("/v1/events", Self.event("during")).status == 503)
                try await server.start()
                try await waitUntil("the gateway is ready again") { try await client.get("/readyz").status == 200 }
                // A busy database may answer too late once more.
                try await waitUntil("events are stored again") {
                    try await client.post("/v1/events", Self.event("during")).status == 202
                }
                for id in ["before", "during"] {
                    try await waitUntil("\(id) is delivered") {
                        try await stage.statuses(of: id).values.count { $0 == "delivered" } == 4
                    }
                }
                for vendor in BillCheck.vendors {
                    #expect(try await stage.billed(vendor).sorted() == ["before", "during"], "\(vendor)")
                }
                // Whatever was noticed last: that the database responds, or that it stores events.
                let ends = ["the database responds again", "the database stores events again"]
                _ = try await gateway.waitForLine("it says that the outage is over") { line in
                    ends.contains { line.contains($0) } ? true : nil
                }
            }
        }
    }

    @Test func `stops when the database has another journal`() async throws {
        let server = try await PostgresServer.make()
        try await Stage.set(over: .shared(address: server.address)) { (stage) async throws in
            let gateway = try await stage.startGateway()
            try await server.run("UPDATE meta SET value = 'another' WHERE name = 'journal'", schema: stage.store.schema)
            try await server.crashAndRestart()
            #expect(try await gateway.waitForExit() == 1)
            #expect(gateway.lines.contains { $0.contains("another journal") }, "\(gateway.lines.suffix(5))")
        }
    }

    @Test func `takes the password from a file, and shows it nowhere`() async throws {
        let server = try await PostgresServer.make()
        let password = "pass-\(UUID().uuidString)"
        try await server.run("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD '\(password)'")
        try await Stage.set(
            over: .shared(address: "\(server.address)".replacing("user=tollgate", with: "user=guarded"))
        ) {
            (stage) async throws in
            let file = stage.folder.appending(path: "password")
            try Data("\(password)\n".utf8).write(to: file)
            let arguments = ["--store-password-file", file.path]
            try await stage.withGateway(arguments: arguments) { gateway async throws in
                #expect(try await stage.client.postPatiently("/v1/events", Self.event("e")).status == 202)
                let command = try String(contentsOfFile: "/proc/\(gateway.identifier)/cmdline", encoding: .utf8)
                #expect(!command.contains(password))
                #expect(!gateway.lines.contains { $0.contains(password) })
            }
            let refused = try stage.launch(["--store", "postgresql://guarded:\(password)@127.0.0.1/postgres"])
            #expect(try await refused.waitForExit() != 0)
            #expect(refused.lines.contains { $0.contains("--store-password-file") }, "\(refused.lines)")
            #expect(!refused.lines.contains { $0.contains(password) })
        }
    }
}
