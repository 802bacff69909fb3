import Journal
import JournalPostgres
import Logging

/// The keys of a journal that several gateways share, for the command line.
package enum SharedKeys {
    /// Connects to the database while the work runs.
    /// - Throws: ``GatewayFault`` if that fails, also for errors of the store during the work; otherwise what the work throws.
    package static func use<Value>(
        _ shared: SharedStoreSettings,
        _ work: (StoreKeys) async throws -> Value
    ) async throws -> Value {
        let quiet = Logger(label: "tollgate.keys") { _ in SwiftLogNoOpLogHandler() }
        let keys: PostgresClientKeys
        do {
            keys = try await PostgresClientKeys.open(shared.store, logger: quiet)
        } catch {
            throw GatewayFault.database(shared.address.display, error)
        }
        do {
            let value = try await work(StoreKeys(in: keys))
            await keys.close()
            return value
        } catch let error as StoreError {
            await keys.close()
            throw GatewayFault.database(shared.address.display, error)
        } catch {
            await keys.close()
            throw error
        }
    }
}
