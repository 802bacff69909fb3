import Events

/// What the `Date` of a vendor's response shows about the two clocks.
struct VendorClock: Sendable, Equatable {
    let provider: ProviderName
    /// How far the vendor's clock is ahead of this machine's, at least; negative if it is behind. Zero if they may agree: a `Date` has
    /// whole seconds, and the response takes time.
    let ahead: Duration

    init(provider: ProviderName, ahead: Duration) {
        self.provider = provider
        self.ahead = ahead
    }

    /// - Parameters:
    ///   - date: truncated to the second.
    ///   - sent: when the request left, by this machine's clock.
    ///   - received: when the response arrived.
    init(provider: ProviderName, date: Timestamp, sent: Timestamp, received: Timestamp) {
        let (least, most) = (date - received, date + .seconds(1) - sent)
        self.init(provider: provider, ahead: least > .zero ? least : most < .zero ? most : .zero)
    }
}

/// Which clock is wrong, judged by several vendors.
enum ClockVerdict: Sendable, Equatable {
    /// No vendor responded with its time.
    case unknown
    case agrees(vendors: Int)
    /// All vendors differ in the same direction: this machine's clock is off by at least this much; positive if it is ahead.
    case off(Duration)
    /// Some vendors differ, and others do not.
    case vendors([VendorClock])

    /// A smaller difference is a slow response, or a clock that is being adjusted.
    static let tolerance = Duration.seconds(5)

    init(_ clocks: [VendorClock]) {
        let (ahead, behind) = (
            clocks.filter { $0.ahead > Self.tolerance }, clocks.filter { $0.ahead < .zero - Self.tolerance }
        )
        if clocks.isEmpty {
            self = .unknown
        } else if ahead.isEmpty, behind.isEmpty {
            self = .agrees(vendors: clocks.count)
        } else if let least = ahead.map(\.ahead).min(), ahead.count == clocks.count {
            self = .off(.zero - least)
        } else if let least = behind.map(\.ahead).max(), behind.count == clocks.count {
            self = .off(.zero - least)
        } else {
            self = .vendors(ahead + behind)
        }
    }
}
