import Foundation
import PostgresServer
import TestSupport
import Testing

/// How a journal comes into a database: by hand, or from a data folder.
@Suite(.serialized) struct SharedStoreSetupTests {
    private static func event(_ id: String, _ value: Int = 1) -> String {
        #"{"id":"\#(id)","name":"n","customer_id":"c","timestamp":1750000000,"properties":{"n":\#(value)}}"#
    }

    @Test func `a person makes the tables with the printed SQL, and a gateway with fewer rights uses them`()
        async throws
    {
        let server = try await PostgresServer.shared()
        let role = PostgresServer.newSchema()
        try await Stage.set(over: .shared(address: server.address(for: role))) { (stage) async throws in
            let schema = try #require(stage.store.schema)
            // It may neither make a schema nor anything outside of its own.
            try await server.run("CREATE ROLE \(role) LOGIN; CREATE SCHEMA \(schema) AUTHORIZATION \(role)")
            let offline = try await StoreCommand(stage: stage).run(
                "journal",
                "schema",
                "--store",
                "sqlite",
                "--store-schema",
                schema
            )
            #expect(offline.status == 0 && offline.messages.isEmpty, "\(offline)")
            let online = try await StoreCommand(stage: stage).run("journal", "schema")
            #expect(online.output == offline.output)
            try await server.run("SET ROLE \(role);\n" + offline.output.joined(separator: "\n"))
            try await stage.withGateway { _ async throws in
                #expect(try await stage.client.postPatiently("/v1/events", Self.event("e")).status == 202)
                try await waitUntil("it is delivered") {
                    try await stage.statuses(of: "e").values.count { $0 == "delivered" } == 4
                }
                let later = try await StoreCommand(stage: stage).run("journal", "schema")
                #expect(later.output.count == 1 && later.output.first?.hasSuffix("nothing to do.") == true, "\(later)")
            }
            try await server.run(
                "SET client_min_messages = warning; DROP OWNED BY \(role) CASCADE; DROP ROLE \(role)"
            )
        }
    }

    @Test func `a journal moves from its data folder into the database, and two gateways continue with it`()
        async throws
    {
        let server = try await PostgresServer.shared()
        try await Stage.set(over: .embedded) { (old) async throws in
            // Something waits, so that it is seen to move.
            try await old.setFaults("lago", #"{"status":{"503":1}}"#)
            try await old.withGateway { _ async throws in
                for number in 0..<20 {
                    #expect(try await old.client.postPatiently("/v1/events", Self.event("m\(number)")).status == 202)
                }
                try await waitUntil("the others are done") {
                    for vendor in ["polar", "flexprice", "knetik"] where try await old.billed(vendor).count < 20 {
                        return false
                    }
                    return true
                }
            }
            let store = StageStore.shared(address: server.address)
            let stage = try old.another("new", over: store)
            let command = StoreCommand(stage: stage)
            let preview = try await command.run("journal", "move", "--from", old.dataFolder.path, "--dry-run")
            #expect(preview.status == 0)
            #expect(preview.output.first?.hasPrefix("20 events in ") == true, "\(preview)")
            let moved = try await command.run("journal", "move", "--from", old.dataFolder.path)
            #expect(moved.status == 0, "\(moved)")
            #expect(moved.output.first?.hasPrefix("moved 20 events in ") == true, "\(moved)")
            #expect(moved.messages.contains { $0.contains("moving events: ") }, "\(moved)")

            let refused = try old.launch()
            #expect(try await refused.waitForExit() == 1)
            #expect(refused.lines.contains { $0.contains("moved") }, "\(refused.lines)")
            try await old.setFaults("lago", "{}")
            let other = try stage.another("other")
            try await stage.withGateway { _ async throws in
                try await other.withGateway { _ async throws in
                    #expect(
                        try await other.client.postPatiently("/v1/events", Self.event("m7")).text.contains("duplicate")
                    )
                    #expect(try await stage.client.postPatiently("/v1/events", Self.event("m7", 2)).status == 409)
                    try await waitUntil("lago has what waited for it") {
                        try await stage.billed("lago").count >= 20
                    }
                    for vendor in BillCheck.vendors {
                        let billed = try await stage.billed(vendor)
                        #expect(billed.sorted() == (0..<20).map { "m\($0)" }.sorted(), "\(vendor)")
                    }
                }
            }
        }
    }

    @Test func `a journal moves while its gateway takes events, which has to stop for the rest only`() async throws {
        let server = try await PostgresServer.shared()
        try await Stage.set(over: .embedded) { (old) async throws in
            func store(_ numbers: Range<Int>) async throws {
                for number in numbers {
                    #expect(try await old.client.postPatiently("/v1/events", Self.event("m\(number)")).status == 202)
                }
            }
            let stage = try old.another("new", over: .shared(address: server.address))
            let gateway = try await old.startGateway()
            try await store(0..<20)
            let move = try StoreCommand(stage: stage).start("journal", "move", "--from", old.dataFolder.path)
            _ = try await move.waitForLine("it copies") { $0.contains("copying its events while it runs") ? $0 : nil }
            try await store(20..<40)
            _ = try await move.waitForLine("it asks for the stop") { $0.contains("stop the gateway now") ? $0 : nil }
            try await store(40..<60)
            try await gateway.stop()
            #expect(try await move.waitForExit() == 0)
            #expect(move.lines.contains { $0.hasPrefix("moved 60 events in ") }, "\(move.lines)")
            try await stage.withGateway { _ async throws in
                for number in [3, 33, 53] {
                    let repeated = try await stage.client.postPatiently("/v1/events", Self.event("m\(number)"))
                    #expect(repeated.text.contains("duplicate"))
                    #expect(
                        try await stage.client.postPatiently("/v1/events", Self.event("m\(number)", 2)).status == 409
                    )
                }
                for vendor in BillCheck.vendors {
                    try await waitUntil("\(vendor) has all") { try await stage.billed(vendor).count >= 60 }
                    let billed = try await stage.billed(vendor)
                    #expect(billed.sorted() == (0..<60).map { "m\($0)" }.sorted(), "\(vendor)")
                }
            }
        }
    }
}
