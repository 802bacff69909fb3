import Events
import Testing

@testable import JournalPostgres

@Suite struct StoreAddressTests {
    @Test(arguments: [
        ("postgresql://me:hunter2@db1:5433,db2:5434/journal?sslmode=require", "db1:5433,db2:5434/journal", true, true),
        ("postgresql://me@db.example/journal?sslmode=verify-full", "db.example/journal", false, false),
        ("postgresql://127.0.0.1:5432/journal", "127.0.0.1:5432/journal", false, false),
        ("postgres:///journal?host=/run/postgresql", "/run/postgresql/journal", false, false),
        ("postgresql://me@db/journal?password=hunter2", "db/journal", true, true),
        ("postgresql:///", "localhost", false, false),
        // A server without a port has the usual one, not that of its neighbour.
        ("postgresql://db1,db2:5433/journal", "db1,db2:5433/journal", false, true),
        ("postgresql://db1:5433,db2/journal", "db1:5433,db2/journal", false, true),
        ("postgresql://db1:1,db2,db3:3/journal", "db1:1,db2,db3:3/journal", false, true),
        ("postgresql:///journal?host=db1,db2&port=5433", "db1:5433,db2:5433/journal", false, true),
        // A name beside an address is not what is connected to.
        ("postgresql://localhost/journal?hostaddr=10.1.2.3", "localhost/journal", false, true),
        ("postgresql://db.example/journal?hostaddr=127.0.0.1", "db.example/journal", false, false),
        ("postgresql:///journal?hostaddr=10.1.2.3", "10.1.2.3/journal", false, true),
        ("postgresql:///journal?host=localhost,db2&hostaddr=,127.0.0.1", "localhost,db2/journal", false, false),
        ("postgresql:///journal?host=localhost,db2&hostaddr=10.1.2.3,", "localhost,db2/journal", false, true),
        // One remote server among local ones is enough.
        ("postgresql://127.0.0.1,localhost,db3/journal", "127.0.0.1,localhost,db3/journal", false, true),
        ("postgresql:///journal?host=@tollgate", "@tollgate/journal", false, false),
        ("postgresql:///journal?host=/run/a,/run/b", "/run/a,/run/b/journal", false, false),
        ("postgresql://[::1]:5433/journal", "::1:5433/journal", false, false),
        ("postgresql://me:hunter2@db/journal?sslpassword=hunter2&sslmode=disable", "db/journal", true, true),
        ("postgresql://db/journal?sslmode=verify-ca", "db/journal", false, true),
    ])
    func `reads an address, and shows it without user and password`(
        text: String,
        display: String,
        hasPassword: Bool,
        isUnverified: Bool
    ) throws {
        let address = try #require(StoreAddress(parsing: text))
        #expect(address.display == display)
        #expect(address.hasPassword == hasPassword)
        #expect(address.isUnverified(environment: [:]) == isUnverified)
        #expect(!"\(address)".contains("hunter2"))
        #expect(address.secret.reveal() == text)
    }

    @Test(arguments: [
        "", "sqlite", "host=db", "postgresql://db/x?unknown=1", "http://db/x", "postgresql:/db", "postgresql//db",
        "POSTGRESQL://db/x", " postgresql://db/x", "postgresql://[::1/x", "postgresql://db/x?sslmode",
        "postgresql://db/x?=1", "postgresql://db/x?host=%00", "postgresql://db/x?host=%zz", "postgres:///x?host=a&&",
        "postgresql://[]/x",
    ])
    func `refuses what is not an address`(text: String) {
        #expect(StoreAddress(parsing: text) == nil)
    }

    @Test func `the mode of the environment counts where the address has none`() throws {
        let address = try #require(StoreAddress(parsing: "postgresql://db/journal"))
        #expect(address.isUnverified(environment: [:]))
        #expect(!address.isUnverified(environment: ["PGSSLMODE": "verify-full"]))
    }
}
