import Foundation
import TestSupport
import Testing

/// Keys, limits and readiness of two gateways over one database.
@Suite(.serialized) struct SharedStoreAccessTests {
    /// Runs `tollgate keys` on the keys in the database, and returns its lines.
    private static func keys(_ action: String, _ arguments: String..., at stage: Stage) async throws -> [String] {
        let command = StoreCommand(stage: stage, environment: ["TOLLGATE_ROUTES": stage.routesFile.path])
        let result = try await command.run(["keys", action] + arguments)
        #expect(result.status == 0, "\(result)")
        return result.output + result.messages
    }

    private static func status(_ key: String, _ stage: Stage) async throws -> Int {
        try await WebClient(base: stage.client.base, key: key).get("/v1/events").status
    }

    @Test func `a key made or revoked in the database opens, or is refused, at both gateways`() async throws {
        try await TwoGateways.run(over: try await .database()) { (pair) async throws in
            let made = try await Self.keys("create", "demo", "--id", "june", at: pair.first)
            let key = try #require(made.first { $0.wholeMatch(of: #/tg_[0-9A-Za-z]{49}/#) != nil }, "\(made)")
            for stage in [pair.first, pair.second] {
                try await waitUntil("the key opens at \(stage.node)") { try await Self.status(key, stage) == 200 }
            }
            #expect(try await Self.keys("list", at: pair.second).contains { $0.hasPrefix("june") })
            _ = try await Self.keys("revoke", "june", at: pair.second)
            for stage in [pair.first, pair.second] {
                try await waitUntil("the key is refused at \(stage.node)") { try await Self.status(key, stage) == 401 }
            }
            #expect(try await Self.status(Stage.key, pair.first) == 200)
        }
    }

    @Test func `a client's limit holds at both gateways together`() async throws {
        try await waitUntil("the database has always answered in time") {
            let (statuses, haveCountedAlone) = try await Self.postBeyondLimit()
            if !haveCountedAlone { #expect(statuses == [202, 202, 202, 202, 202, 429, 429, 429]) }
            return !haveCountedAlone
        }
    }

    /// Posts eight events of a client that may send five an hour, by turns to two gateways.
    /// - Returns: the statuses, and whether a gateway has counted alone, as it does for a while when a busy database
    ///   does not answer within a second.
    private static func postBeyondLimit() async throws -> (statuses: [Int], haveCountedAlone: Bool) {
        var (statuses, gateways): ([Int], [ChildProcess]) = ([], [])
        try await Stage.set(over: try await .database()) { (stage) async throws in
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let limited = text.replacing(#""name": "demo","#, with: #""name": "demo", "limits": {"events": "5/h"},"#)
            try Data(limited.utf8).write(to: stage.routesFile)
            let other = try stage.another("other")
            let arguments = ["--log-level", "debug"]
            try await stage.withGateway(arguments: arguments) { first async throws in
                try await other.withGateway(arguments: arguments) { second async throws in
                    gateways = [first, second]
                    for number in 0..<8 {
                        let event = #"{"id":"e\#(number)","name":"n","customer_id":"c","timestamp":1750000000}"#
                        let client = [stage, other][number % 2].client
                        statuses.append(try await client.post("/v1/events", event).status)
                    }
                }
            }
        }
        let lines = gateways.flatMap(\.lines)
        return (statuses, lines.contains { $0.contains("a rate limit was not asked for") })
    }

    @Test func `a provider's state is that of the gateway that delivers to it`() async throws {
        try await TwoGateways.run(over: try await .database()) { (pair) async throws in
            var own: [Set<String>] = []
            for (stage, other) in [(pair.first, pair.second.node), (pair.second, pair.first.node)] {
                func providers() async throws -> [[String: Any]] {
                    try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
                }
                func gateway(_ provider: [String: Any]) -> [String: Any]? { provider["gateway"] as? [String: Any] }
                try await waitUntil("\(stage.node) delivers to two, and knows how the two others are") {
                    let all = try await providers()
                    let elsewhere = all.compactMap(gateway)
                    let areWell = elsewhere.allSatisfy { gateway in
                        gateway["name"] as? String == other && gateway["ready"] as? Bool == true
                            && gateway["detail"] as? String == "circuit closed"
                    }
                    return areWell && elsewhere.count == 2 && all.count { $0["circuit"] is String } == 2
                }
                let all = try await providers()
                own.append(Set(all.filter { gateway($0) == nil }.compactMap { $0["name"] as? String }))
            }
            #expect(own[0].isDisjoint(with: own[1]) && own[0].union(own[1]) == Set(BillCheck.vendors))
        }
    }

    @Test func `each gateway tells of the others, and of the accounts that they deliver to`() async throws {
        try await TwoGateways.run(over: try await .database()) { (pair) async throws in
            for (stage, owner) in [(pair.first, pair.second.node), (pair.second, pair.first.node)] {
                try await waitUntil("\(stage.node) knows the other") {
                    let text = try await stage.client.get("/readyz").text
                    return text.contains("2 gateways") && text.contains("(at gateway \(owner))")
                }
                let text = try await stage.client.get("/readyz").text
                #expect(text.contains("agrees with the database's"), "\(text)")
            }
        }
    }
}
