import Access
import Journal

/// Where a running gateway reads clients' keys, and notices changes.
protocol KeySource: Sendable {
    /// Identifies a version of the keys.
    associatedtype Version: Equatable & Sendable

    /// For the log.
    var name: String { get }

    /// Whether no other gateway reads the keys, so that this one must record changes.
    var isOfOneGateway: Bool { get }

    /// The current version, without reading the keys.
    func version() async throws -> Version

    /// The keys.
    /// - Throws: ``GatewayFault`` if they cannot be used.
    func read() async throws -> StoredKeys

    /// Changes by the command line that are not in the audit log yet, oldest first.
    func takeActs() async throws -> [KeyAct]

    /// The changes from ``takeActs()`` are now in the audit log.
    func forgetActs() async throws
}

/// `keys.json` in the data folder of one gateway.
struct FileKeySource: KeySource {
    let file: KeyFile

    var name: String { "keys.json" }

    var isOfOneGateway: Bool { true }

    func version() -> FileSignature { FileSignature(of: file.file) }

    func read() throws -> StoredKeys { try file.read() }

    func takeActs() throws -> [KeyAct] { try file.takeActs() }

    func forgetActs() throws { try file.forgetActs() }
}

/// The store that several gateways share. The command line writes its changes into the audit log itself.
struct StoreKeySource: KeySource {
    let keys: StoreKeys

    var name: String { "the key table" }

    var isOfOneGateway: Bool { false }

    func version() async throws -> Int64 { try await keys.store.clientKeyVersion() }

    func read() async throws -> StoredKeys { try await keys.read() }

    func takeActs() -> [KeyAct] { [] }

    func forgetActs() {}
}
