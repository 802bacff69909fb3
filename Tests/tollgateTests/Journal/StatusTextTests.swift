import Events
import JSON
import Testing

@testable import JournalPostgres
@testable import tollgate

/// What `tollgate journal status` and `tollgate nodes` print of a shared store.
@Suite struct StatusTextTests {
    private static let time = Timestamp(milliseconds: 1_764_547_200_000)

    private static func node(
        _ name: String,
        expiresIn: Duration = .seconds(9),
        isDraining: Bool = false,
        routes: [UInt8] = [0xAB, 1]
    ) -> JournalStatus.Node {
        JournalStatus.Node(
            number: 1,
            name: name,
            version: "",
            format: 4,
            started: time,
            expiresIn: expiresIn,
            isDraining: isDraining,
            routes: routes,
            accounts: 2,
            slots: 3,
            waiting: nil,
            oldest: nil
        )
    }

    private static func status(oldestWriter: Int = 4, isMoving: Bool = false, nodes: [JournalStatus.Node]? = nil)
        -> JournalStatus
    {
        JournalStatus(
            address: "db/billing",
            schema: "tollgate",
            server: "PostgreSQL 15.20",
            format: JournalStatus.Format(current: 4, oldestWriter: oldestWriter, known: 5),
            journalID: "j1",
            isMoving: isMoving,
            nodes: nodes ?? [node("a")],
            accounts: [JournalStatus.Account(name: "polar", epoch: 3, node: nil, since: nil, backlog: 7)],
            slots: [JournalStatus.Slot(number: 0, epoch: 2, node: "a", newest: time)],
            identityParts: [
                JournalStatus.IdentityPart(
                    number: 1,
                    state: "open",
                    opened: time,
                    identities: 12,
                    bytes: 999,
                    hasFilter: true
                )
            ],
            partitions: [JournalStatus.Partition(name: "events_1", rows: 41, bytes: 2000)],
            duties: [JournalStatus.Duty(name: "retention", node: nil)],
            bytes: 1_200_000
        )
    }

    private func lines(_ status: JournalStatus) -> [String] {
        StatusText(status).text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: " ").joined(separator: " ")
        }
    }

    @Test func `shows the database, then a table for each part`() {
        #expect(
            lines(Self.status()) == [
                "Database db/billing", "Schema tollgate", "Server PostgreSQL 15.20", "Format 4", "Known format 5",
                "Journal j1", "Size 1.2 MB", "", "GATEWAYS",
                "NAME VERSION STARTED STATE ACCOUNTS STREAMS WAITING OLDEST ROUTES",
                "a - 2025-12-01T00:00:00.000Z running 2 3 - - ab01", "", "ACCOUNTS",
                "ACCOUNT GATEWAY EPOCH SINCE BACKLOG", "polar - 3 - 7", "", "STREAMS",
                "STREAM GATEWAY EPOCH NEWEST EVENT", "0 a 2 2025-12-01T00:00:00.000Z", "", "IDENTITIES",
                "PART STATE OPENED IDENTITIES SIZE FILTER", "1 open 2025-12-01T00:00:00.000Z ~12 999 B yes", "",
                "PARTITIONS", "TABLE ROWS SIZE", "events_1 ~41 2.0 kB", "", "DUTIES", "DUTY GATEWAY", "retention -",
            ]
        )
    }

    @Test func `says which programs can use the tables, and what keeps gateways from working together`() {
        let nodes = [Self.node("a"), Self.node("b", routes: [0xAB, 2])]
        let lines = lines(Self.status(oldestWriter: 3, isMoving: true, nodes: nodes))
        #expect(lines[3] == "Format 4 (programs from format 3 on can use it)")
        #expect(
            lines[7...8] == ["State a journal is being moved here", "Warning the gateways run different routes"]
        )
    }

    @Test func `calls a gateway expired before it calls it draining`() {
        func state(_ node: JournalStatus.Node) -> String? {
            let row = NodeText.table([node]).split(separator: "\n").last?.split(separator: " ")
            return row.map { String($0[3]) }
        }
        #expect(state(Self.node("a")) == "running")
        #expect(state(Self.node("a", isDraining: true)) == "draining")
        #expect(state(Self.node("a", expiresIn: .zero)) == "running")
        #expect(state(Self.node("a", expiresIn: .milliseconds(-1), isDraining: true)) == "expired")
    }

    @Test func `writes the same for programs`() throws {
        let json = try JSONDocument(parsing: Self.status().json).root
        #expect(json["database"]?.string == "db/billing" && json["moving"]?.bool == false)
        #expect(json["format"]?["oldest_writer"]?.int64 == 4 && json["format"]?["known"]?.int64 == 5)
        let gateway = try #require(json.elements(of: "gateways").first)
        #expect(gateway["routes"]?.string == "ab01" && gateway["waiting"]?.isNull == true)
        #expect(gateway["started"]?.string == "2025-12-01T00:00:00.000Z" && gateway["draining"]?.bool == false)
        #expect(json.elements(of: "accounts").map { $0["gateway"]?.isNull } == [true])
        #expect(json.elements(of: "streams").map { $0["newest_event"]?.string } == ["2025-12-01T00:00:00.000Z"])
        #expect(json.elements(of: "identity_parts").map { $0["approximate_identities"]?.int64 } == [12])
        #expect(json.elements(of: "partitions").map { $0["table"]?.string } == ["events_1"])
        #expect(json.elements(of: "duties").map { $0["name"]?.string } == ["retention"])
    }
}
