package import Events

/// The usage of one metric by customer and part of time, from the journal's events by their own time.
package struct UsageTable: Sendable {
    /// A part of time, in UTC.
    package enum Part: String, Sendable, CaseIterable {
        case hour, day, month
    }

    /// What is asked.
    package struct Question: Sendable {
        package let name: String
        package let aggregate: MetricAggregate
        /// Nil for a count.
        package let property: String?
        package let window: ReadWindow
        /// Nil: the window is one part.
        package let part: Part?
        /// Empty: everybody's.
        package let customers: Set<ExactText>

        package init(
            name: String,
            aggregate: MetricAggregate,
            property: String?,
            window: ReadWindow,
            part: Part?,
            customers: Set<ExactText>
        ) {
            self.name = name
            self.aggregate = aggregate
            self.property = property
            self.window = window
            self.part = part
            self.customers = customers
        }
    }

    /// What one customer used in one part of time.
    package struct Row: Sendable, Equatable {
        /// Nil for events that name none.
        package let customerID: String?
        package let window: ReadWindow
        /// A decimal number; nil if it has too many digits to be told exactly.
        package let units: String?
        package let events: Int
    }

    private struct Key: Hashable {
        let customer: ExactText?
        let start: Timestamp
    }

    package let question: Question
    /// Whether there are more rows, or more different values, than are kept.
    package private(set) var isTooLarge = false
    /// Events of the name whose property is no number, or is not there.
    package private(set) var ignored = 0
    private var amounts: [Key: UsageAmount] = [:]
    private var values = 0
    /// Those by which events are corrected.
    private let known: UsageCorrections
    /// Those among the events that were added.
    package private(set) var corrections = UsageCorrections()

    package static let mostRows = 10_000

    /// - Parameter corrections: of the events that will be added, which come behind them; without any, the table collects them.
    package init(_ question: Question, correctedBy corrections: UsageCorrections = UsageCorrections()) {
        self.question = question
        known = corrections
    }

    /// Adds an event of the journal, if it is one of those that are asked for.
    package mutating func add(_ event: AcceptedEvent, _ sequence: SequenceNumber) {
        guard event.name.exact == question.name.exact,
            question.customers.isEmpty || event.customerID.map({ question.customers.contains($0.exact) }) ?? false
        else { return }
        if corrections.add(event) {
            isTooLarge = isTooLarge || corrections.isTooLarge
            return
        }
        guard question.window.contains(event.timestamp), case .event(let properties) = known.outcome(of: event) else {
            return
        }
        let value = MeteredValue(question.property, of: properties, reading: .all, for: question.aggregate)
        guard let value else {
            ignored += 1
            return
        }
        let key = Key(customer: event.customerID?.exact, start: start(of: event.timestamp))
        guard amounts[key] != nil || amounts.count < Self.mostRows else {
            isTooLarge = true
            return
        }
        var amount = amounts[key] ?? UsageAmount(for: question.aggregate)
        let before = amount.keptValues
        // The one copy is changed, not a second one made.
        amounts[key] = nil
        amount.add(value, at: event.timestamp, sequence)
        values += amount.keptValues - before
        amounts[key] = amount
        isTooLarge = isTooLarge || values > UsageAmount.mostValues
    }

    /// By customer, those without one first, then by time.
    package var rows: [Row] {
        amounts.map { key, amount in
            Row(
                customerID: key.customer?.rawValue,
                window: ReadWindow(
                    from: max(key.start, question.window.from),
                    until: min(end(of: key.start), question.window.until)
                ),
                units: amount.units(question.aggregate),
                events: amount.events
            )
        }.sorted { one, other in
            let (customer, otherCustomer) = ((one.customerID ?? "").exact, (other.customerID ?? "").exact)
            return customer == otherCustomer ? one.window.from < other.window.from : customer < otherCustomer
        }
    }

    private static let (hour, day): (Int64, Int64) = (3_600_000, 86_400_000)

    private func start(of time: Timestamp) -> Timestamp {
        switch question.part {
        case nil: question.window.from
        case .hour?: Self.floored(time, Self.hour)
        case .day?: Self.floored(time, Self.day)
        case .month?: Self.startOfMonth(time)
        }
    }

    private func end(of start: Timestamp) -> Timestamp {
        switch question.part {
        case nil: question.window.until
        case .hour?: start + .milliseconds(Self.hour)
        case .day?: start + .milliseconds(Self.day)
        case .month?: monthEnd(of: start)
        }
    }

    /// - Parameter start: of the month; the last one that there is ends with all time.
    private func monthEnd(of start: Timestamp) -> Timestamp {
        // No month has more than 31 days, and none fewer than 28.
        let next = Self.startOfMonth(start + .milliseconds(31 * Self.day))
        return next > start ? next : question.window.until
    }

    private static func floored(_ time: Timestamp, _ width: Int64) -> Timestamp {
        let rest = time.milliseconds % width
        return Timestamp(milliseconds: time.milliseconds - (rest < 0 ? rest + width : rest))
    }

    private static func startOfMonth(_ time: Timestamp) -> Timestamp {
        Timestamp(rfc3339: time.rfc3339.prefix(8) + "01T00:00:00Z") ?? floored(time, day)
    }
}
