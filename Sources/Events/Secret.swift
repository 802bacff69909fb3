/// A vendor's or a client's key. Printing it, reflecting on it or logging it shows one word.
///
/// It has no `Codable` and no `Hashable`, and ``reveal()`` is called in three places only: where a vendor's credential is put into the
/// outgoing request, where it is removed from the response (``Redaction``), and where a client's new key is shown to the person who
/// created it.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) {
        self.value = value
    }

    /// The key itself.
    package func reveal() -> String { value }

    package var description: String { "redacted" }
    package var debugDescription: String { "redacted" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where vendor credentials come from. A vendor call gets its credential as the last step before it is sent.
package protocol CredentialResolving: Sendable {
    /// The credential of a provider account. May take time, because a program may print it.
    /// - Throws: ``CredentialUnavailable`` with what to do, never with the value.
    nonisolated(nonsending) func credential(of provider: ProviderName) async throws(CredentialUnavailable) -> Secret
}

/// A provider's credential is not available. The provider is parked until it is.
package struct CredentialUnavailable: Error, Sendable, Equatable {
    /// What is missing, and what to do about it.
    package let message: String

    package init(message: String) {
        self.message = message
    }
}
