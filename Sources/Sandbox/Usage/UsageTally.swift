import Foundation

/// What a metric makes of events.
enum UsageKind: String {
    case count, sum, max, unique, latest
}

/// What events come to for one metric; each vendor has numbers of its own.
struct UsageTally<Number: SignedNumeric & Comparable> {
    private let kind: UsageKind
    private(set) var events = 0
    private var sum: Number = 0
    private var largest: Number?
    private var latest: (time: Int, value: Number)?
    private var seen: Set<Fingerprint> = []

    init(_ kind: UsageKind) { self.kind = kind }

    /// - Parameters:
    ///   - value: the metered property as a number.
    ///   - text: the metered property as text.
    ///   - time: when the event occurred; of equal times the one that is added last is the latest.
    ///   - removes: whether the event takes its value out of those that are counted.
    mutating func add(_ value: Number, _ text: String, at time: Int, removes: Bool = false) {
        events += 1
        sum += value
        largest = Swift.max(largest ?? value, value)
        if latest.map({ $0.time <= time }) ?? true { latest = (time, value) }
        guard kind == .unique else { return }
        if removes { seen.remove(Fingerprint(text)) } else { seen.insert(Fingerprint(text)) }
    }

    var units: Number {
        switch kind {
        case .count: Number(exactly: events) ?? 0
        case .sum: sum
        case .max: largest ?? 0
        case .unique: Number(exactly: seen.count) ?? 0
        case .latest: latest?.value ?? 0
        }
    }
}

extension SimulatorSettings {
    /// Whether usage that is read at a time has an event that arrived at another.
    func counts(_ arrival: Date, at now: Date) -> Bool {
        usageAfter == 0 || arrival.addingTimeInterval(Double(usageAfter) / 1000) <= now
    }
}
