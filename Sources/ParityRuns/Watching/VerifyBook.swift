import Events
import Journal
import Parity

/// How far reading events back from one provider is: which events of the sample wait for what, and what was found.
///
/// Told the time, and without I/O. While it has ``mostItems`` events or more, the walk through the journal waits, and
/// ``checkedUpTo(at:)`` tells how far behind it is. The piece that fills it is added as a whole.
struct VerifyBook: Sendable, Equatable {
    /// Events that wait until the walk does.
    static let mostItems = 500
    /// Events of a piece of the journal, all of which may be of the sample.
    static let pieceSize = 5000
    /// Lost events that are kept one by one; the oldest go.
    static let mostLost = 1000
    /// A month of hours, and some days.
    static let mostHours = 800

    /// An event of the sample.
    struct Item: Sendable, Equatable {
        let sequence: SequenceNumber
        let tenant: TenantID
        /// When the next look at the journal or the vendor is due.
        var due: Timestamp
        /// When the vendor did not show it at the first look; nil before.
        var absentAt: Timestamp?
        /// After a look that failed: when it is tried again. Not kept over a restart.
        var retryAt: Timestamp?
    }

    /// What a look has shown.
    enum Sighting: Sendable, Equatable {
        /// The journal has no confirmed delivery to read back: it was removed, rejected or discarded.
        case nothingToRead
        /// It is on its way.
        case undelivered
        /// It was delivered, and the vendor need not show it before this time.
        case tooYoung(until: Timestamp)
        case shown(LookupSighting)
        /// The vendor could not be read, for this reason.
        case unread(String)
    }

    /// Events that were accepted before are not read back.
    let start: Timestamp
    /// Up to where the journal was walked; nil at ``start``.
    var position: JournalPosition?
    /// When what the walk has not come to was accepted, at the earliest.
    var walkedTo: Timestamp
    private(set) var items: [Item] = []
    private(set) var lost: [LostEvent] = []
    private(set) var hours: [VerifyReport.Hour] = []
    /// Why the vendor could not be read the last time; nil if it could.
    private(set) var fault: String?

    init(start: Timestamp) {
        self.start = start
        walkedTo = start
    }

    /// As it was saved.
    init(
        start: Timestamp,
        position: JournalPosition?,
        walkedTo: Timestamp,
        items: [Item],
        lost: [LostEvent],
        hours: [VerifyReport.Hour],
        fault: String?
    ) {
        self.start = start
        self.position = position
        self.walkedTo = walkedTo
        self.items = items
        self.lost = lost
        self.hours = hours
        self.fault = fault
    }

    /// Whether the walk may go on.
    var hasRoom: Bool { items.count < Self.mostItems }

    /// Adds an event of the sample.
    /// - Parameter due: when it is examined first.
    mutating func add(_ sequence: SequenceNumber, of tenant: TenantID, due: Timestamp) {
        guard !items.contains(where: { $0.sequence == sequence }) else { return }
        items.append(Item(sequence: sequence, tenant: tenant, due: due))
    }

    /// Events to be examined now, the one that is due for longest first.
    func due(at now: Timestamp, limit: Int) -> [Item] {
        Array(items.filter { $0.due <= now && $0.retryAt ?? now <= now }.sorted { $0.due < $1.due }.prefix(limit))
    }

    /// Lost events that the vendor is to be asked for again now: it may be late, or the event was sent again.
    func dueLost(at now: Timestamp, limit: Int) -> [LostEvent] {
        Array(lost.filter { $0.lookAt <= now }.sorted { $0.lookAt < $1.lookAt }.prefix(limit))
    }

    /// All reads that were due before this time were made.
    func checkedUpTo(at now: Timestamp) -> Timestamp {
        let late = items.lazy.map(\.due).filter { $0 < now }.min() ?? now
        return min(late, min(walkedTo, now))
    }

    // MARK: - What looks have shown

    /// Takes in what a look at an event of the sample has shown.
    /// - Parameters:
    ///   - event: which event it is, for one that turns out to be lost.
    ///   - lag: after which the vendor should show it.
    /// - Returns: the event, if it is lost.
    mutating func note(
        _ sighting: Sighting,
        of item: Item,
        _ event: @autoclosure () -> LostEvent,
        lag: Duration,
        at now: Timestamp
    ) -> LostEvent? {
        guard let index = items.firstIndex(where: { $0.sequence == item.sequence }) else { return nil }
        items[index].retryAt = nil
        switch sighting {
        case .nothingToRead: items.remove(at: index)
        case .undelivered: items[index].due = now + Self.pollEvery(lag)
        case .tooYoung(let time): items[index].due = max(time, now + .milliseconds(1))
        case .unread(let reason):
            fault = reason
            items[index].retryAt = now + Self.retryAfter
        case .shown(let what):
            fault = nil
            guard what == .nothing else {
                items.remove(at: index)
                count(at: now) { hour in if what == .other { hour.different += 1 } }
                return nil
            }
            guard item.absentAt != nil else {
                items[index].absentAt = now
                items[index].due = now + max(lag, .milliseconds(1))
                return nil
            }
            items.remove(at: index)
            count(at: now) { $0.lost += 1 }
            let event = event()
            lost.append(event)
            if lost.count > Self.mostLost { lost.removeFirst(lost.count - Self.mostLost) }
            return event
        }
        return nil
    }

    /// Takes in what another look at a lost event has shown.
    /// - Returns: whether it is lost no longer.
    mutating func note(_ sighting: Sighting, ofLost event: LostEvent, lag: Duration, at now: Timestamp) -> Bool {
        guard let index = lost.firstIndex(where: { $0.sequence == event.sequence }) else { return false }
        switch sighting {
        case .undelivered, .tooYoung, .unread, .shown(.nothing):
            lost[index].lookAt = now + max(lag, Self.lookAgain)
            return false
        case .nothingToRead, .shown(.same), .shown(.other):
            lost.remove(at: index)
            return sighting != .nothingToRead
        }
    }

    private mutating func count(at now: Timestamp, _ change: (inout VerifyReport.Hour) -> Void) {
        let length: Int64 = 3_600_000
        let start = Timestamp(milliseconds: now.milliseconds - (now.milliseconds % length + length) % length)
        if hours.last.map({ $0.start < start }) ?? true { hours.append(VerifyReport.Hour(start: start)) }
        if hours.count > Self.mostHours { hours.removeFirst(hours.count - Self.mostHours) }
        hours[hours.count - 1].verified += 1
        change(&hours[hours.count - 1])
    }

    /// How long a vendor that could not be read is left alone.
    static let retryAfter = Duration.seconds(5)
    /// How long after a loss the vendor is asked again, at least.
    static let lookAgain = Duration.seconds(600)

    /// How often the journal is asked whether an event was delivered.
    private static func pollEvery(_ lag: Duration) -> Duration { min(max(lag, .seconds(1)), .seconds(300)) }

    // MARK: - Telling

    /// What is to be told of it.
    /// - Parameters:
    ///   - oneIn: of the sample.
    ///   - isAccepted: whether somebody has accepted that events of a name are lost.
    func report(oneIn: Int, at now: Timestamp, isAccepted: (String) -> Bool) -> VerifyReport {
        let open = lost.filter { !isAccepted($0.name) }
        return VerifyReport(
            oneIn: oneIn,
            checkedUpTo: checkedUpTo(at: now),
            waiting: items.count,
            hours: hours,
            lost: open,
            accepted: lost.count - open.count,
            fault: fault
        )
    }
}
