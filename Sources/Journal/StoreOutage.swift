/// The store does not respond.
package struct StoreOutage: Sendable, Equatable {
    /// How long it has not responded.
    package let duration: Duration
    /// The reason, without secrets.
    package let reason: String

    package init(duration: Duration, reason: String) {
        self.duration = duration
        self.reason = reason
    }
}
