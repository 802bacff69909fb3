import Events
import Journal
import Parity

/// How far the canaries of one provider are: at most one is on its way.
///
/// Told the time, and without I/O.
struct CanaryBook: Sendable, Equatable {
    /// The latest measurements that are kept: a week of one every ten minutes.
    static let mostLags = 1000
    /// After so long, a canary that the vendor does not show is an alarm, even at a fast vendor.
    static let leastPatience = Duration.seconds(600)
    /// No measurement is taken for longer.
    static let longestLag = Duration.seconds(86_400)

    /// The canary that is on its way.
    struct Sent: Sendable, Equatable {
        let id: EventID
        let sequence: SequenceNumber
        let acceptedAt: Timestamp
        /// When the vendor had confirmed it; nil before.
        var deliveredAt: Timestamp?
        /// Looks at the vendor.
        var looks = 0
        /// When the next look at the journal or the vendor is due.
        var lookAt: Timestamp
    }

    /// What is to be done.
    enum Step: Sendable, Equatable {
        /// Send the canary of this slot.
        case send(slot: Timestamp)
        /// Look in the journal whether it was delivered.
        case readJournal(Sent)
        /// Look at the vendor.
        case look(Sent)
        case wait(until: Timestamp)
    }

    private(set) var sent: Sent?
    /// The slot of the newest canary.
    private(set) var slot: Timestamp?
    private(set) var lags: [Duration] = []
    private(set) var visible = 0
    private(set) var lost = 0
    private(set) var rejected = 0
    private(set) var visibleAt: Timestamp?
    private(set) var alarm: CanaryReport.Alarm?

    init() {}

    /// As it was saved.
    init(
        sent: Sent?,
        slot: Timestamp?,
        lags: [Duration],
        visible: Int,
        lost: Int,
        rejected: Int,
        visibleAt: Timestamp?,
        alarm: CanaryReport.Alarm?
    ) {
        self.sent = sent
        self.slot = slot
        self.lags = lags
        self.visible = visible
        self.lost = lost
        self.rejected = rejected
        self.visibleAt = visibleAt
        self.alarm = alarm
    }

    /// The lag that one of a thousand canaries exceeds; nil if none was measured yet.
    var measuredLag: Duration? { CanaryReport.lag(perMille: 999, of: lags.sorted()) }

    /// How long a canary may take to be shown.
    /// - Parameter lag: that holds while nothing is measured.
    func patience(_ lag: Duration) -> Duration {
        max((CanaryReport.lag(perMille: 990, of: lags.sorted()) ?? lag) * 5, Self.leastPatience)
    }

    // MARK: - Steps

    /// What is to be done now.
    /// - Parameters:
    ///   - newest: the slot that is due now.
    ///   - every: the time from one slot to the next.
    func step(slot newest: Timestamp, every: Duration, at now: Timestamp) -> Step {
        guard let sent else {
            // A clock that was set back sends none until it has caught up.
            if let slot, newest <= slot { return .wait(until: slot + every) }
            return .send(slot: newest)
        }
        guard now >= sent.lookAt else { return .wait(until: sent.lookAt) }
        return sent.deliveredAt == nil ? .readJournal(sent) : .look(sent)
    }

    /// A canary is in the journal.
    mutating func sent(_ id: EventID, _ sequence: SequenceNumber, of slot: Timestamp, at now: Timestamp) {
        self.slot = slot
        sent = Sent(id: id, sequence: sequence, acceptedAt: now, lookAt: now + Self.firstPause)
    }

    /// A canary could not be sent.
    mutating func failed(_ slot: Timestamp, because reason: String, at now: Timestamp) {
        self.slot = slot
        raise(reason, at: now)
    }

    /// The vendor has not confirmed it yet.
    mutating func undelivered(at now: Timestamp) { sent?.lookAt = now + Self.pauseBeforeDelivery }

    /// The vendor has confirmed it.
    mutating func delivered(at time: Timestamp) {
        sent?.deliveredAt = time
        sent?.lookAt = time + Self.firstPause
    }

    /// The vendor refused it, or its outcome is unknown: the canary has ended.
    mutating func refused(because reason: String, at now: Timestamp) {
        rejected += 1
        sent = nil
        raise(reason, at: now)
    }

    /// Nothing is known about it any more.
    mutating func vanished() { sent = nil }

    /// The vendor did not show it, or could not be asked.
    mutating func notShown(at now: Timestamp) {
        guard var sent else { return }
        sent.looks += 1
        sent.lookAt = now + Self.pause(after: sent.looks)
        self.sent = sent
    }

    /// The vendor shows it.
    /// - Returns: how long that took from the vendor's success.
    mutating func shown(at now: Timestamp) -> Duration {
        let deliveredAt = sent?.deliveredAt ?? now
        let lag = min(max(now - deliveredAt, .zero), Self.longestLag)
        lags.append(lag)
        if lags.count > Self.mostLags { lags.removeFirst(lags.count - Self.mostLags) }
        visible += 1
        visibleAt = now
        (sent, alarm) = (nil, nil)
        return lag
    }

    /// Raises the alarm of a canary that takes too long, and abandons it when the next one is due.
    /// - Returns: whether it was abandoned.
    mutating func judge(lag: Duration, every: Duration, provider: ProviderName, at now: Timestamp) -> Bool {
        guard let sent, now - sent.acceptedAt > patience(lag) else { return false }
        let what = sent.deliveredAt == nil ? "delivered to" : "shown by"
        raise("the canary of \(sent.acceptedAt.rfc3339) was not \(what) \(provider)", at: now)
        // One that was not delivered is delivered once the provider is there again: until then, another would only wait behind it.
        guard sent.deliveredAt != nil, now - sent.acceptedAt >= every else { return false }
        lost += 1
        self.sent = nil
        return true
    }

    private mutating func raise(_ reason: String, at now: Timestamp) {
        alarm = CanaryReport.Alarm(since: alarm?.since ?? now, reason: reason)
    }

    // MARK: - Pauses

    static let firstPause = Duration.milliseconds(200)
    private static let pauseBeforeDelivery = Duration.milliseconds(500)
    private static let longestPause = Duration.seconds(60)

    /// Half as long again after each look: what is measured is at most half too long.
    private static func pause(after looks: Int) -> Duration {
        var (pause, left) = (firstPause, looks)
        while left > 0, pause < longestPause { (pause, left) = (pause * 3 / 2, left - 1) }
        return min(pause, longestPause)
    }

    // MARK: - Telling

    /// What is to be told of it.
    func report(every: Duration) -> CanaryReport {
        CanaryReport(
            every: every,
            sentAt: sent?.acceptedAt,
            visibleAt: visibleAt,
            lags: lags.sorted(),
            visible: visible,
            lost: lost,
            rejected: rejected,
            alarm: alarm
        )
    }
}
