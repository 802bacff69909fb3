import Events
import Parity
import Synchronization

/// Tells what a test says that watching providers has found.
final class ScriptedWatches: WatchReading {
    private let current = Mutex<[ProviderName: WatchReport]>([:])

    func reports() async throws(ParityError) -> [ProviderName: WatchReport] { current.withLock { $0 } }

    /// From now on, Polar has lost an event.
    func lose(at now: Timestamp) {
        let lost = LostEvent(
            sequence: 1,
            tenant: "t",
            eventID: "e",
            name: "n",
            deliveredAt: now,
            foundAt: now,
            lookAt: now
        )
        current.withLock { $0["polar"] = WatchReport(verify: VerifyReport(oneIn: 10, checkedUpTo: now, lost: [lost])) }
    }
}
