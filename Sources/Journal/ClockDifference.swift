/// How far a gateway's clock is from the clock of the journal's database, by which events are numbered and retried.
package enum ClockDifference: Sendable, Equatable {
    /// Nothing to act on.
    case small
    /// Acceptance times of this gateway are wrong by so much; positive: the database's clock is ahead.
    case noticeable(Duration)
    /// So far that the gateway should take no traffic.
    case large(Duration)

    /// From where on it is noticeable, and from where on large.
    package static let (noticeable, large) = (Duration.seconds(1), Duration.seconds(30))

    /// - Parameters:
    ///   - ahead: by how much the database's clock is ahead of this gateway's.
    ///   - uncertainty: by how much that may be wrong, since an answer takes time.
    package init(ahead: Duration, uncertainty: Duration) {
        let size = ahead < .zero ? .zero - ahead : ahead
        let certain = size - uncertainty
        self = certain >= Self.large ? .large(ahead) : certain >= Self.noticeable ? .noticeable(ahead) : .small
    }
}
