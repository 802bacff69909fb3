/// Decides what one receiver is told, and when: groups what is new, tells each condition once, and says when it has ended.
///
/// A value that is told the time. It keeps what the receiver has been told, not a queue of messages: while a receiver fails, what is new
/// goes into the same next message, so that a day of failures costs as much memory as an hour, and its end brings one message. What came
/// and went meanwhile is in it as resolved. The size follows the number of conditions, each of which is there once.
package struct ReceiverDesk: Sendable {
    private struct Entry {
        var condition: Condition
        let since: NotificationTime
        /// When the condition was last found to be over; nil while it lasts.
        var ended: NotificationTime?
        /// When the receiver was last told that it lasts; nil if it was not.
        var toldAt: ContinuousClock.Instant?
    }

    /// What a message says of each condition.
    private typealias Content = [Condition.Key: Incident.Status]

    private let seed: String
    private var entries: [Condition.Key: Entry] = [:]
    /// The message that is being sent, or will be sent again.
    private var pending: (message: NotificationMessage, content: Content)?
    private var messages = 0
    private var newsSince: ContinuousClock.Instant?
    private var sentAt: ContinuousClock.Instant?
    private var nextTry: ContinuousClock.Instant?
    /// Failures in a row.
    package private(set) var failures = 0

    private static let firstPause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(900)

    /// - Parameter seed: tells this desk's messages from those of all others.
    package init(seed: String) {
        self.seed = seed
    }

    /// What the receiver is not told yet, or must be told when it has ended.
    package var conditionCount: Int { entries.count }

    /// Takes what is not as it should be now.
    /// - Parameter kinds: those that the receiver wants.
    package mutating func observe(_ conditions: Conditions, of kinds: Set<NotificationKind>, at now: NotificationTime) {
        let wanted = conditions.list.filter { kinds.contains($0.key.kind) }
        for condition in wanted {
            entries[condition.key, default: Entry(condition: condition, since: now)].condition = condition
            entries[condition.key]?.ended = nil
        }
        let lasting = Set(wanted.map(\.key))
        for (key, entry) in entries where !lasting.contains(key) {
            if conditions.isElsewhere(key) || !kinds.contains(key.kind) {
                // The other gateway says how it goes on.
                entries[key] = nil
            } else if entry.ended == nil {
                entries[key]?.ended = now
            }
        }
    }

    /// The message to send now; nil if there is nothing to say, or not yet. The caller sends it and says how that ended.
    package mutating func next(gateway: String, _ pacing: NotificationPacing, at now: NotificationTime)
        -> NotificationMessage?
    {
        let content = content(pacing, at: now.instant)
        guard !content.isEmpty else {
            (newsSince, pending) = (nil, nil)
            return nil
        }
        let since = newsSince ?? now.instant
        newsSince = since
        guard now.instant - since >= pacing.gather,
            sentAt.map({ now.instant - $0 >= pacing.interval }) ?? true,
            nextTry.map({ now.instant >= $0 }) ?? true
        else { return nil }
        if let pending, pending.content == content { return pending.message }
        messages += 1
        let message = NotificationMessage(
            id: "msg_\(seed)_\(messages)",
            at: now.wall,
            gateway: gateway,
            incidents: incidents(content)
        )
        pending = (message, content)
        return message
    }

    /// The receiver has the message.
    package mutating func sent(at now: ContinuousClock.Instant) {
        for (key, status) in pending?.content ?? [:] {
            guard let entry = entries[key] else { continue }
            switch status {
            case .started, .continues: entries[key]?.toldAt = now
            case .resolved:
                // It may have begun again while the message was on its way.
                if entry.ended == nil { entries[key]?.toldAt = nil } else { entries[key] = nil }
            }
        }
        (pending, newsSince, nextTry, failures) = (nil, nil, nil, 0)
        sentAt = now
    }

    /// The receiver has not confirmed the message.
    package mutating func failed(at now: ContinuousClock.Instant) {
        let pause = min(Self.firstPause * (1 << min(failures, 20)), Self.longestPause)
        failures += 1
        nextTry = now + pause
    }

    private func content(_ pacing: NotificationPacing, at now: ContinuousClock.Instant) -> Content {
        entries.compactMapValues { entry in
            if let ended = entry.ended { return now - ended.instant >= pacing.settle ? .resolved : nil }
            guard let toldAt = entry.toldAt else { return .started }
            return now - toldAt >= pacing.repeatAfter ? .continues : nil
        }
    }

    private func incidents(_ content: Content) -> [Incident] {
        let order = Incident.Status.allCases
        return order.flatMap { status in
            content.filter { $0.value == status }.keys.sorted().compactMap { key in
                entries[key].map { Incident($0.condition, status, since: $0.since.wall, ended: $0.ended?.wall) }
            }
        }
    }
}
