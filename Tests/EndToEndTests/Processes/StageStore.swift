import PostgresServer

/// Where the gateways of a ``Stage`` keep their journal.
enum StageStore: Sendable {
    /// Each in its data folder.
    case embedded
    /// All of them in one database.
    /// - Parameters:
    ///   - address: of the database; as the gateway is told, so perhaps that of a proxy.
    ///   - lease: how long a gateway may be silent.
    case shared(address: String, schema: String = PostgresServer.newSchema(), lease: String = "10s")

    /// In the server of the test run.
    static func database() async throws -> StageStore {
        .shared(address: try await PostgresServer.shared().address)
    }

    /// The same with an empty journal.
    var fresh: StageStore {
        switch self {
        case .embedded: .embedded
        case .shared(let address, _, let lease): .shared(address: address, lease: lease)
        }
    }

    /// Of the embedded store there is none.
    var schema: String? {
        if case .shared(_, let schema, _) = self { schema } else { nil }
    }

    /// What `tollgate serve` is told.
    func arguments(node: String) -> [String] {
        switch self {
        case .embedded: []
        case .shared(let address, let schema, let lease):
            ["--store", address, "--store-schema", schema, "--node-name", node, "--lease", lease]
        }
    }
}
