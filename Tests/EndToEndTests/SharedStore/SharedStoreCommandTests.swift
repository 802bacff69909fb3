import Foundation
import PostgresServer
import TestSupport
import Testing

/// `tollgate nodes` and `tollgate journal` beside two gateways that run.
@Suite(.serialized) struct SharedStoreCommandTests {
    private static func event(_ id: String) -> String { #"{"id":"\#(id)","name":"n","customer_id":"c"}"# }

    @Test func `shows the gateways, and drains one of them until it is told otherwise`() async throws {
        let server = try await PostgresServer.shared()
        try await TwoGateways.run(over: try await .database()) { (pair) async throws in
            let command = StoreCommand(stage: pair.first)
            try await waitUntil("each has two of the four") {
                try await Self.standing(of: ["data", "other"], command) == [["running", "2"], ["running", "2"]]
            }
            let listed = try await command.run("nodes", "list", "--json")
            #expect(listed.status == 0 && listed.messages.isEmpty)
            let gateways = try Self.objects("gateways", in: listed)
            #expect(gateways.compactMap { $0["name"] as? String } == ["data", "other"])
            #expect(gateways.allSatisfy { $0["draining"] as? Bool == false && $0["format"] is Int })

            let drained = try await command.run("nodes", "drain", "other")
            #expect(drained.status == 0)
            #expect(
                drained.output == ["other is returning its accounts; `tollgate nodes` shows how many are left"],
                "\(drained)"
            )
            try await waitUntil("the other one has all four") {
                let holders = try await TwoGateways.holders(in: pair.first.store, of: server)
                return holders.count == 4 && Set(holders.values) == ["data"]
            }
            try await waitUntil("it is not ready, and says why") {
                let ready = try await pair.second.client.get("/readyz")
                return ready.status == 503 && ready.text.contains("draining; `tollgate nodes drain --undo` ends it")
            }
            #expect(try await Self.standing(of: ["other"], command) == [["draining", "0"]])
            #expect(try await pair.second.client.postPatiently("/v1/events", Self.event("late")).status == 202)
            try await waitUntil("the other one delivers it") {
                try await pair.first.statuses(of: "late").values.count { $0 == "delivered" } == 4
            }

            let ended = try await command.run("nodes", "drain", "other", "--undo")
            #expect(ended.status == 0 && ended.output == ["other takes accounts again"], "\(ended)")
            try await waitUntil("it is ready") { try await pair.second.client.get("/readyz").status == 200 }
            try await waitUntil("it has accounts again") {
                try await TwoGateways.holders(in: pair.first.store, of: server).values.contains("other")
            }
        }
    }

    @Test func `shows the state of the journal, for people and for programs`() async throws {
        try await TwoGateways.run(over: try await .database()) { (pair) async throws in
            let command = StoreCommand(stage: pair.first)
            #expect(try await pair.first.client.postPatiently("/v1/events", Self.event("e")).status == 202)
            try await waitUntil("both have accounts") {
                try await Self.standing(of: ["data", "other"], command) == [["running", "2"], ["running", "2"]]
            }
            let shown = try await command.run("journal", "status")
            #expect(shown.status == 0 && shown.messages.isEmpty, "\(shown)")
            #expect(shown.row("Schema").last == pair.first.store.schema, "\(shown)")
            #expect(shown.row("Server").dropFirst().first == "PostgreSQL", "\(shown)")
            for title in ["GATEWAYS", "ACCOUNTS", "STREAMS", "IDENTITIES", "PARTITIONS"] {
                #expect(shown.output.contains(title), "\(shown)")
            }
            for vendor in BillCheck.vendors {
                let gateway = shown.row(vendor).dropFirst().first
                #expect(gateway == "data" || gateway == "other", "\(vendor): \(shown)")
            }
            let read = try await command.run("journal", "status", "--json")
            let status = try #require(
                try JSONSerialization.jsonObject(with: Data(read.output.joined().utf8)) as? [String: Any]
            )
            #expect(status["moving"] as? Bool == false && status["routes_differ"] as? Bool == false)
            let accounts = try Self.objects("accounts", in: read)
            #expect(Set(accounts.compactMap { $0["name"] as? String }) == Set(BillCheck.vendors))
            #expect(try Self.objects("identity_parts", in: read).compactMap { $0["state"] as? String } == ["open"])
            #expect(try Self.objects("partitions", in: read).contains { "\($0["table"] ?? "")".hasPrefix("chunks_") })
        }
    }

    @Test func `says what is missing: the address, a journal, a gateway of that name`() async throws {
        try await Stage.set(over: try await .database()) { (stage) async throws in
            let command = StoreCommand(stage: stage)
            let empty = try await command.run("journal", "status")
            #expect(empty.status == 1 && empty.output.isEmpty, "\(empty)")
            #expect(empty.messages.contains { $0.contains("it has no journal") }, "\(empty)")
            let nowhere = try await StoreCommand(stage: stage, environment: [:]).run("nodes", "--store", "sqlite")
            #expect(nowhere.status == 64, "\(nowhere)")
            #expect(nowhere.messages.contains { $0.contains("--store, or TOLLGATE_STORE") }, "\(nowhere)")
            try await stage.withGateway { _ async throws in
                let unknown = try await command.run("nodes", "drain", "nobody")
                #expect(unknown.status == 1 && unknown.output.isEmpty)
                #expect(unknown.messages == ["no gateway has the name nobody; `tollgate nodes` shows all"])
            }
        }
    }

    /// The state and the number of accounts of gateways, as `tollgate nodes` shows them.
    private static func standing(of names: [String], _ command: StoreCommand) async throws -> [[String]] {
        let nodes = try await command.run("nodes")
        return names.map { Array(nodes.row($0).dropFirst(3).prefix(2)) }
    }

    /// The array of objects under a name in the JSON that a command has printed.
    private static func objects(_ name: String, in result: StoreCommand.Result) throws -> [[String: Any]] {
        let value = try JSONSerialization.jsonObject(with: Data(result.output.joined().utf8)) as? [String: Any]
        return try #require(value?[name] as? [[String: Any]], "\(result)")
    }
}
