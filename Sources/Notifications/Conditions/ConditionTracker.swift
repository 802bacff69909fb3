import Events

/// Finds what is not as it should be from one reading after another.
///
/// A value that is told the time. It remembers what a single reading does not say: since when a circuit is open, what was counted before,
/// and what could be read last. Its size follows the number of providers and clients.
package struct ConditionTracker: Sendable {
    private var providers: [ProviderName: ProviderHistory] = [:]
    private var disk: Condition?
    private var keys: [Condition] = []

    package init() {}

    /// Takes a reading.
    package mutating func observe(
        _ readings: GatewayMeasurements,
        by rules: NotificationRules,
        at now: NotificationTime
    ) -> Conditions {
        providers = providers.filter { readings.providers[$0.key] != nil }
        var found: [Condition] = []
        for (name, reading) in readings.providers.sorted(by: { $0.key < $1.key }) {
            found += providers[name, default: ProviderHistory()].observe(name.rawValue, reading, rules, now)
        }
        if let reading = readings.disk {
            disk = Self.condition(of: reading, at: readings.dataFolder)
        }
        if readings.keysAreElsewhere {
            keys = []
        } else if let reading = readings.keys {
            keys = KeyExpiry.conditions(reading, warning: rules.keyExpiry, at: now.wall)
        }
        return Conditions(
            found + (disk.map { [$0] } ?? []) + keys,
            providersElsewhere: Set(readings.providersElsewhere.map(\.rawValue)),
            kindsElsewhere: readings.keysAreElsewhere ? [.keyExpiry] : []
        )
    }

    private static func condition(of disk: DiskSpace, at folder: String) -> Condition? {
        switch disk {
        case .enough: nil
        case .low(let text):
            Condition(
                Condition.Key(.disk, folder),
                text,
                remedy: "Free some space, enlarge the disk, or shorten --retention."
            )
        }
    }
}
