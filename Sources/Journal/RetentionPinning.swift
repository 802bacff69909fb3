package import Events

/// Keeps retention from removing what is still being read.
package protocol RetentionPinning: Sendable {
    /// Pins what was accepted at or after ``RetentionPin/acceptedFrom``, replacing an earlier pin with the same name. When it returns,
    /// that is on disk, and survives a restart.
    func pin(_ pin: RetentionPin) async throws(StoreError)

    /// Lifts a pin, if there is one with this name.
    func unpin(_ name: String) async throws(StoreError)

    /// All pins, by name. Expired ones have no effect once ``unpinExpired(at:)`` was called.
    func pins() async throws(StoreError) -> [RetentionPin]

    /// When the newest event that retention has removed was accepted, or a little later; nil if none is known to be removed. Everything
    /// that was accepted after it is in the journal.
    func removedThrough() async throws(StoreError) -> Timestamp?

    /// Lifts the pins that have expired.
    func unpinExpired(at now: Timestamp) async throws(StoreError)
}

/// Says that everything accepted since some time is still needed.
package struct RetentionPin: Sendable, Equatable {
    /// Who needs it, such as `parity run 7`.
    package let name: String
    package let acceptedFrom: Timestamp
    /// Whoever needs it longer renews it before this time: a process that died must not fill the disk.
    package let expiresAt: Timestamp

    package init(name: String, acceptedFrom: Timestamp, expiresAt: Timestamp) {
        self.name = name
        self.acceptedFrom = acceptedFrom
        self.expiresAt = expiresAt
    }
}
