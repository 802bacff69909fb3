/// From when on something is worth a notification.
package struct NotificationRules: Sendable, Equatable {
    /// How long a circuit may be open.
    package var circuitOpen = Duration.seconds(600)
    /// How long an event may wait.
    package var backlog = Duration.seconds(900)
    /// How long before a vendor forgets an ID that still waits.
    package var memoryLeft = Duration.seconds(12 * 3600)
    /// How long before a client's last key expires.
    package var keyExpiry = Duration.seconds(7 * 86_400)
    /// After so long without another dead letter or uncertain delivery, their incident ends.
    package var quiet = Duration.seconds(900)

    package init() {}
}

/// How messages to one receiver are grouped and repeated.
package struct NotificationPacing: Sendable, Equatable {
    /// How long the first news waits for others that go into the same message.
    package var gather = Duration.seconds(10)
    /// Minimum time between two messages.
    package var interval = Duration.seconds(300)
    /// How long a condition must be over before it is reported as resolved, so that one that comes and goes is one incident.
    package var settle = Duration.seconds(120)
    /// After so long, what still lasts is reported again.
    package var repeatAfter = Duration.seconds(4 * 3600)

    package init() {}
}
