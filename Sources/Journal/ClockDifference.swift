/// How far a gateway's clock is from the clock of the journal's database, by which events are numbered and retried.
package enum ClockDifference: Sendable, Equatable {
    /// Too small to act on.
    case small
    /// This gateway's acceptance times are wrong by this much; positive if the database's clock is ahead.
    case noticeable(Duration)
    /// So large that the gateway should accept no traffic.
    case large(Duration)

    /// The differences from which on it counts as noticeable or large.
    package static let (noticeable, large) = (Duration.seconds(1), Duration.seconds(30))

    /// - Parameters:
    ///   - ahead: by how much the database's clock is ahead of this gateway's.
    ///   - uncertainty: the possible error of that, because a response takes time.
    package init(ahead: Duration, uncertainty: Duration) {
        let size = ahead < .zero ? .zero - ahead : ahead
        let certain = size - uncertainty
        self = certain >= Self.large ? .large(ahead) : certain >= Self.noticeable ? .noticeable(ahead) : .small
    }
}
