import ArgumentParser
import Gateway
import Journal
import JournalPostgres

extension StoreOptions {
    /// The database that a command works on.
    /// - Throws: `ValidationError` if none is given.
    func database() throws -> SharedStoreSettings {
        guard let shared = try shared else {
            throw ValidationError("the address of the PostgreSQL store is required: --store, or TOLLGATE_STORE")
        }
        return shared
    }

    /// Runs something on the database, and ends the command with the reason if it fails.
    func run<Value>(_ work: (PostgresStoreSettings) async throws(StoreError) -> Value) async throws -> Value {
        let shared = try database()
        do throws(StoreError) {
            return try await work(shared.store)
        } catch {
            Terminal.message(StoreText.message(error, at: "\(shared.address.display), schema \(shared.store.schema)"))
            throw ExitCode(1)
        }
    }
}
