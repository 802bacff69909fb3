package import Access

/// Lists, creates and revokes clients' keys; implemented by `Gateway`.
///
/// A change is on disk when a call returns, and is in effect within a second.
package protocol KeyManaging: Sendable {
    /// The keys of all clients, those of `routes.json` included.
    func keys() async throws(KeyChangeFault) -> [KeyAdministration.Listed]

    /// Creates a key. It can be shown once.
    func create(for client: String, by caller: Caller) async throws(KeyChangeFault) -> KeyAdministration.Made

    /// Creates a key that replaces all of a client's keys, which expire after the overlap.
    func rotate(_ client: String, overlap: Duration, by caller: Caller) async throws(KeyChangeFault)
        -> KeyAdministration.Made

    /// Revokes a key.
    func revoke(_ id: String, by caller: Caller) async throws(KeyChangeFault)
}

/// Why keys were not read or changed.
package struct KeyChangeFault: Error, Sendable, Equatable {
    /// One sentence for people.
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
