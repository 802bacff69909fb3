import Access
import Events
import Foundation
import Ingress
import Routing

/// Lists and changes clients' keys for operators in the dashboard, as `tollgate keys` does in a terminal.
struct GatewayKeys: KeyManaging {
    let keeping: any KeyKeeping
    let routes: CurrentRoutes

    func keys() async throws(KeyChangeFault) -> [KeyAdministration.Listed] {
        try await change(by: "") { try await $0.list(of: nil) }
    }

    func create(for client: String, by caller: Caller) async throws(KeyChangeFault) -> KeyAdministration.Made {
        try await change(by: Self.name(caller)) { try await $0.create(for: client, id: nil, term: StoredKeys.Term()) }
    }

    func rotate(_ client: String, overlap: Duration, by caller: Caller) async throws(KeyChangeFault)
        -> KeyAdministration.Made
    {
        try await change(by: Self.name(caller)) {
            try await $0.rotate(client, id: nil, overlap: overlap, term: StoredKeys.Term())
        }
    }

    func revoke(_ id: String, by caller: Caller) async throws(KeyChangeFault) {
        _ = try await change(by: Self.name(caller)) { try await $0.revoke(id) }
    }

    /// The caller's name in the audit log.
    private static func name(_ caller: Caller) -> String { "client \(caller.client.name)" }

    /// The file's lock and the disk block a thread, which must not be an event loop's.
    private func change<Value: Sendable>(
        by user: String,
        _ work: @Sendable (KeyAdministration) async throws -> Value
    ) async throws(KeyChangeFault) -> Value {
        do {
            return try await work(KeyAdministration(of: keeping, for: routes.current.routes.clients, by: user))
        } catch let fault as KeyFileFault {
            throw KeyChangeFault("\(fault)")
        } catch let fault as KeyLifecycleFault {
            throw KeyChangeFault("\(fault)")
        } catch let fault as KeyAdministrationFault {
            throw KeyChangeFault("\(fault)")
        } catch {
            throw KeyChangeFault("the keys cannot be changed: \(error)")
        }
    }
}

extension OpenedStore {
    /// Where clients' keys are: in the store if gateways share it, else in the data folder.
    func keys(orIn folder: URL) -> any KeyKeeping {
        if let shared { StoreKeys(in: shared.keys) } else { KeyFile(in: folder) }
    }
}
