package import Events

/// Keeps retention from removing what something still reads.
package protocol RetentionPinning: Sendable {
    /// Pins what was accepted at ``RetentionPin/acceptedFrom`` or later, in the place of an earlier pin with the same name. When it
    /// returns, that is on disk, and survives a restart.
    func pin(_ pin: RetentionPin) async throws(StoreError)

    /// Lifts a pin, if there is one with this name.
    func unpin(_ name: String) async throws(StoreError)

    /// All pins, by name. Those that have expired hold nothing any more once ``unpinExpired(at:)`` was called.
    func pins() async throws(StoreError) -> [RetentionPin]

    /// When the newest event was accepted that retention has removed, or a little later; nil if none is known to be removed. What was accepted
    /// after it is there.
    func removedThrough() async throws(StoreError) -> Timestamp?

    /// Lifts the pins that have expired.
    func unpinExpired(at now: Timestamp) async throws(StoreError)
}

/// Says that what was accepted from some time on is still needed.
package struct RetentionPin: Sendable, Equatable {
    /// Who needs it, such as `parity run 7`.
    package let name: String
    package let acceptedFrom: Timestamp
    /// Whoever needs it longer pins it again before: one that has died must not fill the disk.
    package let expiresAt: Timestamp

    package init(name: String, acceptedFrom: Timestamp, expiresAt: Timestamp) {
        self.name = name
        self.acceptedFrom = acceptedFrom
        self.expiresAt = expiresAt
    }
}
