import ArgumentParser
import Foundation
import Gateway
import Journal
import JournalPostgres
import JournalSQLite

/// Where the journal is that a command works on: in a data folder. One in PostgreSQL is refused, since the database has its own tools.
struct JournalFolder: ParsableArguments {
    @Option(help: "Data folder of the gateway (env: TOLLGATE_DATA).")
    var data: String = ProcessInfo.processInfo.environment["TOLLGATE_DATA"] ?? "./data"

    @OptionGroup var store: StoreOptions

    var url: URL { URL(filePath: data) }

    /// Ends the command if the journal is in PostgreSQL.
    /// - Parameter advice: what to use there, for tables in a schema.
    func requireEmbedded(_ advice: (_ schema: String) -> String) throws {
        guard let shared = try store.shared else { return }
        Terminal.message("the journal is in the database \(shared.address.display): \(advice(shared.store.schema))")
        throw ExitCode(1)
    }

    /// Runs work that blocks, and ends the command with the reason if it fails.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws(StoreError) -> Value) async throws -> Value {
        do throws(StoreError) {
            return try await BlockingWork.run(work)
        } catch {
            Terminal.message(StoreText.message(error, at: data))
            throw ExitCode(1)
        }
    }
}
