import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct NamesInOutageTests {
    @Test func `a new name is refused at once while the database is known to be away`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        var settings = journal.settings
        settings.outagePatience = .zero
        let reach = DatabaseReach(settings, logger: TestJournal.logger)
        let names = JournalNames(PostgresConnection(settings.connection("names", reach: reach)), reach: reach)
        _ = try await names.number(of: "before")
        reach.failed("it was unplugged")
        do throws(StoreError) {
            _ = try await names.number(of: "during")
            Issue.record("nothing says that there is a database")
        } catch {
            guard case .unreachable(let reason, _) = error else { throw error }
            #expect(reason.contains("it was unplugged"))
        }
        let known = try await journal.server.run("SELECT name FROM accounts", schema: journal.schema)
        #expect(known == ["before"], "nothing was sent")
        await names.close()
        await store.close()
    }
}
