import Events
package import Routing
import Synchronization

/// How long vendors take to show an event: as configured, or as long as canaries have shown that it takes.
///
/// A measurement only lengthens the lag: a vendor that was fast for some time may be slow again, and what is taken for lost too early
/// raises a false alarm.
package final class MeasuredLags: Sendable {
    private let measured = Mutex<[ProviderName: Duration]>([:])

    /// Without a measurement.
    package init() {}

    /// The lag after which an event that a vendor does not show is missing there.
    package func lag(of provider: ProviderConfiguration) -> Duration {
        let name = provider.owner?.provider ?? provider.name
        return max(provider.reads.lag, measured.withLock { $0[name] } ?? .zero)
    }

    /// Notes what canaries have shown; nil: nothing yet.
    func note(_ lag: Duration?, of provider: ProviderName) {
        measured.withLock { $0[provider] = lag }
    }
}
