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

    @Test(arguments: ["", "sqlite", "host=db", "postgresql://db/x?unknown=1", "http://db/x"])
    func `refuses what is not an address`(text: String) {
        #expect(StoreAddress(parsing: text) == nil)
    }

    @Test func `the mode of the environment counts where the address has none`() throws {
        let address = try #require(StoreAddress(parsing: "postgresql://db/journal"))
        #expect(address.isUnverified(environment: [:]))
        #expect(!address.isUnverified(environment: ["PGSSLMODE": "verify-full"]))
    }
}
