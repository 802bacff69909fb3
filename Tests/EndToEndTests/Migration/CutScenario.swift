import Foundation

/// Customers with 31 anchors in three time zones who move from one vendor to another, and their events around the move: on time, late and
/// early. What is expected is worked out here, without the program's own rules.
struct CutScenario {
    /// A customer, and when it moves.
    struct Customer {
        let id: String
        let zone: TimeZone
        /// Of the month; a month that is shorter has its last day instead.
        let day: Int
        let move: Date
    }

    /// An event, and when it comes to the gateway.
    struct Event {
        let id: String
        let customer: Customer
        let time: Date
        let acceptance: Date

        var isOfRecordAtOld: Bool { time < customer.move }
    }

    let old: String
    let new: String
    /// When the first share is ordered. Nothing happens in the half hours after these times of a day, while the test's clock runs on.
    let start: Date
    let customers: [Customer]
    let events: [Event]

    static let step: TimeInterval = 12 * 3600
    /// Half a day may last this long on the clock of the programs.
    private static let pause: TimeInterval = 1800
    /// When which share of the customers is ordered to move.
    static let shares: [(after: TimeInterval, share: Double)] = [(0, 5), (2 * 86_400, 25), (4 * 86_400, 100)]
    private static let day: TimeInterval = 86_400

    /// The clock of the test at each step; the last one is after all that happens.
    var steps: [Date] { (0...86).map { start.addingTimeInterval(Double($0) * Self.step) } }

    init(from old: String, to new: String, customers count: Int, seed: UInt64) throws {
        (self.old, self.new) = (old, new)
        // At 8:30 in UTC: the boundaries are at midnight in zones where it is then another hour.
        let midnight = (Date().timeIntervalSince1970 / Self.day).rounded(.down) * Self.day
        let start = Date(timeIntervalSince1970: midnight + Self.day + 8.5 * 3600)
        self.start = start
        let zones = try ["UTC", "Europe/Berlin", "America/New_York"].map { name in
            guard let zone = TimeZone(identifier: name) else { throw CocoaError(.featureUnsupported) }
            return zone
        }
        var dice = SeededDice(state: seed | 1)
        customers = (0..<count).map { number in
            let (id, day) = ("customer-\(number)", number % 31 + 1)
            // One zone for a migration.
            let zone = zones[Int(seed) % zones.count]
            let order = Self.shares.first { Self.point(of: id) < $0.share } ?? (0, 0)
            let ordered = start.addingTimeInterval(order.after)
            return Customer(id: id, zone: zone, day: day, move: Self.boundary(day, in: zone, after: ordered))
        }
        events = customers.flatMap { customer in
            (0..<8).map { number in Self.event(of: customer, number, start, &dice) }
        }
    }

    private static func event(of customer: Customer, _ number: Int, _ start: Date, _ dice: inout SeededDice) -> Event {
        let offset = TimeInterval(dice.next() % (6 * 86_400)) - 3 * day
        var time = customer.move.addingTimeInterval(offset)
        let sinceStep = time.timeIntervalSince(start).truncatingRemainder(dividingBy: step)
        let kind = dice.next() % 10
        // Early. The clock of the test stands still between its steps, so the event's time is shortly before one.
        if kind == 1 { time += step - (sinceStep < 0 ? sinceStep + step : sinceStep) - 60 }
        if kind != 1, (0..<pause).contains(sinceStep < 0 ? sinceStep + step : sinceStep) { time += pause }
        let delay: TimeInterval =
            switch kind {
            case 0: TimeInterval(dice.next() % (72 * 3600))
            case 1: -20 * 3600
            default: 0
            }
        let steps = max(0, (time.addingTimeInterval(delay).timeIntervalSince(start) / step).rounded(.up))
        return Event(
            id: "\(customer.id)-\(number)",
            customer: customer,
            time: time,
            acceptance: start.addingTimeInterval(steps * step)
        )
    }

    /// The first midnight of a day of the month after a time.
    private static func boundary(_ day: Int, in zone: TimeZone, after time: Date) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var month = calendar.dateComponents([.year, .month], from: time.addingTimeInterval(-40 * Self.day))
        while true {
            month.month = (month.month ?? 1) + 1
            let first = calendar.date(from: month) ?? time
            let length = calendar.range(of: .day, in: .month, for: first)?.count ?? 28
            let boundary = calendar.date(byAdding: .day, value: min(day, length) - 1, to: first) ?? time
            if boundary > time { return boundary }
        }
    }

    /// Where a customer is in the order in which shares take them: FNV-1a with a final mix, as the documents say.
    private static func point(of customer: String) -> Double {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in customer.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        hash ^= hash >> 33
        return Double(hash % 1_000_000) / 10_000
    }

    // MARK: What is expected

    /// Whether the gateway sends an event to a vendor. Polar bills what it gets while it is of record, so it gets nothing then that is on
    /// the other's bill; all others get everything.
    func isSent(_ event: Event, to vendor: String) -> Bool {
        guard vendor == "polar", vendor == old ? !event.isOfRecordAtOld : event.isOfRecordAtOld else { return true }
        let arrival = max(event.time, event.acceptance)
        let end = arrival.addingTimeInterval(3600)
        return vendor == old ? arrival >= event.customer.move : end < event.customer.move
    }

    /// How many events a vendor has at a time. Polar takes none before its time.
    func delivered(to vendor: String, at now: Date) -> Int {
        events.count {
            $0.acceptance <= now && isSent($0, to: vendor) && (vendor != "polar" || $0.time <= now)
        }
    }

    /// The events that are on nobody's bill, because Polar's subscription had ended when they came.
    var closed: Set<String> {
        guard old == "polar" else { return [] }
        return Set(events.filter { $0.isOfRecordAtOld && $0.acceptance >= $0.customer.move }.map(\.id))
    }

    /// The file with the customers' anchors, in the form that the gateway reads.
    var anchors: String {
        let rows = customers.map { "\($0.id),2026-01-\($0.day < 10 ? "0" : "")\($0.day)" }
        return (["customer_id,anchor"] + rows).joined(separator: "\n")
    }
}
