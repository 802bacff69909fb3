package import Events
package import Parity

/// How far the watching of providers is.
extension PostgresParityStorage {
    package func watchState(_ kind: WatchKind, of provider: ProviderName) async throws(ParityError) -> [UInt8]? {
        try await run(.readWatch, [.text(kind.rawValue), .text(provider.rawValue)]).first?.bytes(0)
    }

    package func watchStates(_ kind: WatchKind) async throws(ParityError) -> [ProviderName: [UInt8]] {
        Self.watchStates(try await run(.readWatches, [.text(kind.rawValue)]))
    }

    /// - Parameter rows: of ``Statement/readWatches``.
    static func watchStates(_ rows: Rows) -> [ProviderName: [UInt8]] {
        rows.reduce(into: [:]) { states, row in states[ProviderName(row.text(0))] = row.bytes(1) }
    }

    package func save(_ state: [UInt8], _ kind: WatchKind, of provider: ProviderName) async throws(ParityError) {
        _ = try await run(.saveWatch, [.text(kind.rawValue), .text(provider.rawValue), .bytea(state)])
    }
}
