package import Events
import JSON

/// What the events of the journal add up to, by name and part of time, to be held against the sums that a vendor shows.
///
/// Numbers are added as decimals. A vendor may add them as 64-bit floats, so its sum may be off by what such additions lose, and no more.
package struct MeteredSums: Sendable {
    fileprivate struct Key: Hashable {
        let name: String
        let part: Int64
    }

    fileprivate struct Total {
        var sum = DecimalSum()
        var count = 0
        /// Of the numbers without their signs.
        var magnitude = 0.0
        var isWhole = true
    }

    /// The whole parts of the span.
    package let window: ReadWindow
    /// The property that is added up, by the event's name at the vendor.
    private let properties: [String: String]
    private let width: Int64
    private var totals: [Key: Total] = [:]
    /// Parts with an event whose outcome at the vendor is unknown.
    private var unsure: Set<Int64> = []

    /// Up to here every whole number is a 64-bit float.
    fileprivate static let exactWhole = 0x1p53

    /// - Parameters:
    ///   - properties: the property that is added up, by the event's name at the vendor.
    ///   - width: the length of the vendor's parts of time, which begin at multiples of it.
    /// - Returns: nil if no whole part lies in the span.
    package init?(of properties: [String: String], in span: ReadWindow, by width: Duration) {
        let width = width.wholeMilliseconds
        precondition(width > 0, "parts of no length hold nothing")
        let first = Self.part(of: span.from.milliseconds + width - 1, width)
        let end = Self.part(of: span.until.milliseconds, width)
        guard first < end, !properties.isEmpty else { return nil }
        self.properties = properties
        self.width = width
        window = ReadWindow(
            from: Timestamp(milliseconds: first * width),
            until: Timestamp(milliseconds: end * width)
        )
    }

    /// Adds an event of the journal.
    package mutating func add(_ event: ExpectedEvent) {
        let time = event.sent?.timestamp ?? event.event.timestamp
        guard window.contains(time) else { return }
        let part = Self.part(of: time.milliseconds, width)
        guard event.state.isDelivered, let sent = event.sent else {
            unsure.insert(part)
            return
        }
        guard let property = properties[sent.name] else { return }
        // What is no number, the vendor does not add either.
        let value = sent.properties.flatMap { JSONDocument(ifValid: Array($0.bytes))?.root[property]?.numberText }
        guard let value, let number = JSONNumber(value) else { return }
        totals[Key(name: sent.name, part: part), default: Total()].add(number, Double(value) ?? .infinity)
    }

    /// Compares with what the vendor shows.
    /// - Parameter shown: its sums by the event's name; what is left out is nothing.
    package func compared(with shown: [String: [MeteredPart]]) -> SumComparison {
        var comparison = SumComparison(width: width)
        for (name, parts) in shown where properties[name] != nil {
            let sums = Dictionary(parts.map { (Self.part(of: $0.start.milliseconds, width), $0.sum) }) { $1 }
            let first = Self.part(of: window.from.milliseconds, width)
            for part in first..<Self.part(of: window.until.milliseconds, width) where !unsure.contains(part) {
                let total = totals[Key(name: name, part: part)] ?? Total()
                if total.agrees(with: sums[part] ?? "0") {
                    comparison.agreeing[name, default: []].insert(part)
                } else {
                    comparison.differing.insert(part)
                }
            }
        }
        return comparison
    }

    static func part(of milliseconds: Int64, _ width: Int64) -> Int64 {
        let (quotient, rest) = milliseconds.quotientAndRemainder(dividingBy: width)
        return rest < 0 ? quotient - 1 : quotient
    }
}

extension MeteredSums.Total {
    fileprivate mutating func add(_ number: JSONNumber, _ approximation: Double) {
        sum.add(number)
        count += 1
        magnitude += approximation.magnitude
        isWhole = isWhole && number.isInteger
    }

    /// Whether a vendor that adds 64-bit floats in any order may come to this sum.
    fileprivate func agrees(with shown: String) -> Bool {
        guard let number = JSONNumber(shown) else { return false }
        var difference = sum
        difference.subtract(number)
        guard difference.isExact else { return false }
        let tolerance = isWhole && magnitude <= MeteredSums.exactWhole ? 0 : Double(count) * 0x1p-52 * magnitude
        return difference.approximation.magnitude <= tolerance
    }
}

/// Where a vendor's sums agree with the journal's.
package struct SumComparison: Sendable, Equatable {
    private let width: Int64
    /// The parts whose sums agree, by the event's name at the vendor.
    fileprivate(set) var agreeing: [String: Set<Int64>] = [:]
    /// The parts in which a sum does not agree.
    fileprivate(set) var differing: Set<Int64> = []

    fileprivate init(width: Int64) { self.width = width }

    /// Whether a sum differs in a part that overlaps the window, so that equal counts prove nothing there.
    package func differs(in window: ReadWindow) -> Bool {
        let last = MeteredSums.part(of: window.until.milliseconds - 1, width)
        let first = MeteredSums.part(of: window.from.milliseconds, width)
        return differing.contains { (first...last).contains($0) }
    }

    /// Whether the event is in a sum that agrees.
    package func covers(_ event: ExpectedEvent) -> Bool {
        guard let sent = event.sent else { return false }
        return agreeing[sent.name]?.contains(MeteredSums.part(of: sent.timestamp.milliseconds, width)) ?? false
    }
}
