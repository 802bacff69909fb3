import Testing

@testable import JournalPostgres

@Suite struct ServerDescriptionTests {
    private static let good = ServerDescription(
        versionNumber: 150_020,
        version: "PostgreSQL 15.20 (Debian 15.20-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc",
        database: "billing",
        encoding: "UTF8"
    )

    private static func refusal(
        allowingDataLoss: Bool = false,
        _ change: (inout ServerDescription) -> Void
    ) -> String? {
        var server = good
        change(&server)
        return server.refusal(allowingDataLoss: allowingDataLoss)
    }

    @Test func `accepts a server that can keep a journal`() {
        #expect(Self.refusal { _ in } == nil)
        #expect(Self.refusal { $0.versionNumber = 140_000 } == nil)
    }

    @Test func `refuses a server of an old version, and others than PostgreSQL, by name`() {
        let old = Self.refusal { server in
            (server.versionNumber, server.version) = (130_011, "PostgreSQL 13.11 on x86_64-pc-linux-gnu")
        }
        #expect(old == "PostgreSQL 14 or later is required, and this server runs PostgreSQL 13.11")
        let cockroach = Self.refusal { $0.version = "CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu)" }
        #expect(cockroach == "only PostgreSQL is supported, and this server is CockroachDB CCL")
        let yugabyte = Self.refusal { $0.version = "PostgreSQL 15.2-YB-2.25.0.0-b0 on x86_64-pc-linux-gnu" }
        #expect(yugabyte == "only PostgreSQL is supported, and this server is PostgreSQL 15.2-YB-2.25.0.0-b0")
    }

    @Test func `refuses a database that cannot keep all texts, or cannot be written to`() {
        #expect(
            Self.refusal { $0.encoding = "SQL_ASCII" }
                == "the database billing has the encoding SQL_ASCII; create one with ENCODING 'UTF8' TEMPLATE template0"
        )
        #expect(Self.refusal { $0.isStandby = true }?.contains("target_session_attrs=read-write") == true)
        #expect(Self.refusal { $0.isReadOnly = true }?.hasPrefix("the database billing is read-only") == true)
    }

    @Test func `refuses a server that can lose what it has committed, unless told otherwise`() {
        let one = Self.refusal { $0.unsafeSettings = ["fsync"] }
        #expect(one?.hasPrefix("the server can lose committed events, because fsync is off; turn it on") == true)
        let two = Self.refusal { $0.unsafeSettings = ["fsync", "full_page_writes"] }
        #expect(two?.contains("because fsync and full_page_writes are off; turn them on") == true)
        #expect(Self.refusal(allowingDataLoss: true) { $0.unsafeSettings = ["fsync"] } == nil)
    }
}

@Suite struct SchemaRightsTests {
    private static func refusal(setsSearchPath: Bool = true, _ change: (inout SchemaRights) -> Void) -> String? {
        var rights = SchemaRights(role: "gateway", database: "billing", schema: "tollgate", searchPath: "tollgate")
        change(&rights)
        return rights.refusal(setsSearchPath: setsSearchPath)
    }

    @Test func `names the right that is missing, and the statement that grants it`() {
        #expect(Self.refusal { _ in } == nil)
        #expect(
            Self.refusal {
                ($0.exists, $0.mayCreateSchemas, $0.mayUse, $0.mayCreateTables) = (false, true, false, false)
            }
                == nil
        )
        #expect(
            Self.refusal { ($0.exists, $0.mayCreateSchemas) = (false, false) }?
                .contains("run GRANT CREATE ON DATABASE \"billing\" TO \"gateway\"") == true
        )
        #expect(Self.refusal { $0.mayUse = false }?.hasPrefix("the role gateway may not use the schema") == true)
        #expect(
            Self.refusal { $0.mayCreateTables = false }?.hasPrefix("the role gateway may not create tables in") == true
        )
        #expect(Self.refusal { $0.foreignTable = "chunks" }?.hasPrefix("the table tollgate.chunks belongs to") == true)
    }

    @Test func `asks for a search path only where sessions do not set it`() {
        for path in ["tollgate", "tollgate, public", "\"tollgate\",public"] {
            #expect(Self.refusal(setsSearchPath: false) { $0.searchPath = path } == nil, "\(path)")
        }
        for path in ["\"$user\", public", "", "public, tollgate"] {
            let refusal = Self.refusal(setsSearchPath: false) { $0.searchPath = path }
            #expect(refusal?.contains("SET search_path = \"tollgate\"") == true, "\(path)")
            #expect(Self.refusal { $0.searchPath = path } == nil)
        }
    }
}
