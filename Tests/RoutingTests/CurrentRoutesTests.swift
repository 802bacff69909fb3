import Access
import Events
import OfRecord
import Routing
import Testing

@Suite struct CurrentRoutesTests {
    private static let digest = String(repeating: "ab", count: 32)
    private static let other = String(repeating: "cd", count: 32)

    private func stored(
        _ id: String,
        _ client: String = "shop",
        digest: String = digest,
        revoked: Timestamp? = nil
    ) throws -> StoredKey {
        StoredKey(
            client: ClientName(client),
            key: ClientKey(id: id, digest: try #require(KeyDigest(hexadecimal: digest))),
            created: Timestamp(milliseconds: 1_700_000_000_000),
            revoked: revoked
        )
    }

    private func routes(named name: String) throws -> Routes {
        try RoutesText.read(RoutesText.file(routes: #"[{"name": "\#(name)", "to": [{"provider": "p"}]}]"#))
    }

    @Test func `hands out new routes whole, while who holds the old ones keeps them`() throws {
        let current = CurrentRoutes(try routes(named: "old"))
        let held = current.current
        current.replace(by: try routes(named: "new"))
        for (snapshot, name) in [(held, "old"), (current.current, "new")] {
            let plan = snapshot.table.plan(for: "n", customerID: "c", subscriptionID: nil, client: "shop")
            #expect(plan?.route?.rawValue == name)
            #expect(snapshot.routes.routes.map(\.name.rawValue) == [name])
        }
    }

    @Test func `keeps the newest logs of migrations, whatever else is replaced, and tells who watches`() async throws {
        let current = CurrentRoutes(try routes(named: "old"))
        var changes = current.changes().makeAsyncIterator()
        #expect(await changes.next()?.logs == MigrationLogs.none)
        func logs(_ version: Int64) -> MigrationLogs {
            let entry = MigrationEntry(number: Int(version), at: Timestamp(milliseconds: version), action: .hold)
            return MigrationLogs(["to-polar": MigrationLog([entry])], version: version)
        }
        current.replace(by: logs(2))
        #expect(await changes.next()?.logs == logs(2))
        current.replace(by: logs(1))
        #expect(current.current.logs == logs(2))
        current.replace(by: try routes(named: "new"))
        current.replace(by: StoredKeys())
        #expect(current.current.logs == logs(2) && current.current.routes.routes.map(\.name) == ["new"])
        current.replace(by: logs(3))
        #expect(current.current.logs == logs(3) && current.current.routes.routes.map(\.name) == ["new"])
    }

    @Test func `plans by name and by client, whatever was asked before`() throws {
        let text = RoutesText.file(
            routes: #"""
                [{"name": "shop", "match": {"client": "shop", "name": "n"}, "to": [{"provider": "p"}]},
                 {"name": "bare", "match": {"name": "n"}, "to": [{"provider": "p", "mode": "shadow"}]}]
                """#,
            clients: "[\(RoutesText.client("shop"))]"
        )
        let table = CurrentRoutes(try RoutesText.read(text)).current.table
        for _ in 0..<2 {
            #expect(table.plan(for: "n", customerID: "c", subscriptionID: nil, client: "shop")?.route == "shop")
            #expect(table.plan(for: "n", customerID: "c", subscriptionID: nil, client: "else")?.route == "bare")
            #expect(table.plan(for: "m", customerID: "c", subscriptionID: nil, client: "shop") == nil)
        }
    }

    @Test func `makes a plan of nobody for a customer outside every share`() throws {
        let text = RoutesText.file(routes: #"[{"name": "r", "to": [{"provider": "p", "share": 0}]}]"#)
        let plan = CurrentRoutes(try RoutesText.read(text)).current.table
            .plan(for: "n", customerID: "c", subscriptionID: nil, client: "shop")
        #expect(plan?.destinations.isEmpty == true)
    }

    @Test func `goes by the subscription where an event has no customer`() throws {
        let text = RoutesText.file(routes: #"[{"name": "r", "to": [{"provider": "p", "share": 50}]}]"#)
        let table = CurrentRoutes(try RoutesText.read(text)).current.table
        for number in 0..<100 {
            let byCustomer = table.plan(for: "n", customerID: "x\(number)", subscriptionID: nil, client: "shop")
            let bySubscription = table.plan(for: "n", customerID: nil, subscriptionID: "x\(number)", client: "shop")
            #expect(byCustomer === bySubscription)
        }
    }

    @Test func `opens with stored keys beside those of the routes, not with revoked ones or those of strangers`() throws
    {
        let routes = try RoutesText.read(RoutesText.file(clients: "[\(RoutesText.client("shop"))]"))
        let current = CurrentRoutes(routes)
        func holder(_ digest: String) throws -> ClientName? {
            current.current.keys.holder(of: try #require(KeyDigest(hexadecimal: digest)))?.client.name
        }
        #expect(try holder(Self.other) == nil)
        current.replace(by: StoredKeys([try stored("a", digest: Self.other)]))
        #expect(try holder(Self.other) == "shop" && holder(Self.digest) == "shop")
        current.replace(by: routes)
        #expect(try holder(Self.other) == "shop", "new routes keep the data folder's keys")
        current.replace(by: StoredKeys([try stored("a", digest: Self.other, revoked: Timestamp(milliseconds: 0))]))
        #expect(try holder(Self.other) == nil)
        current.replace(by: StoredKeys([try stored("a", "stranger", digest: Self.other)]))
        #expect(try holder(Self.other) == nil)
    }

    @Test func `are alone when nobody works with a replaced table any more`() throws {
        let current = CurrentRoutes(try routes(named: "first"))
        #expect(current.areAlone)
        var held: RoutesSnapshot? = current.current
        current.replace(by: try routes(named: "second"))
        current.replace(by: try routes(named: "third"))
        #expect(!current.areAlone)
        withExtendedLifetime(held) {}
        held = nil
        #expect(current.areAlone)
        // New keys come with a new table, which nobody waits for.
        current.replace(by: StoredKeys())
        #expect(current.areAlone)
    }
}
