import Events

/// A span of whole seconds, both ends included: what Flexprice's queries can say of times.
struct FlexpriceWindow: Equatable {
    /// Unix seconds.
    var start: Int64
    var end: Int64

    /// What its billing rows can hold, in round years.
    static let all = FlexpriceWindow(start: 0, end: Timestamp.start(ofYear: 2106).milliseconds / 1000)

    private init(start: Int64, end: Int64) {
        self.start = start
        self.end = end
    }

    /// The seconds that a moment lies between.
    init(around moment: Timestamp) {
        start = Self.clamped(Self.second(of: moment))
        end = Self.clamped(Self.second(of: moment) + 1)
    }

    /// The seconds that hold a span of moments.
    /// - Parameters:
    ///   - from: the first moment; nil: the earliest.
    ///   - before: the first moment behind the span; nil: none.
    init(from: Timestamp?, before: Timestamp?) {
        start = from.map { Self.clamped(Self.second(of: $0)) } ?? Self.all.start
        let last = before.map { $0.milliseconds % 1000 == 0 ? Self.second(of: $0) : Self.second(of: $0) + 1 }
        end = last.map(Self.clamped) ?? Self.all.end
        // A span without a moment in it is asked for all the same, and a start behind the end would be refused.
        end = max(start, end)
    }

    var startText: String { Self.text(start) }
    var endText: String { Self.text(end) }

    /// The second in which a moment lies.
    static func second(of moment: Timestamp) -> Int64 {
        let (quotient, rest) = moment.milliseconds.quotientAndRemainder(dividingBy: 1000)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// The second of the window that is nearest to this one.
    func clamped(_ second: Int64) -> Int64 { min(max(second, start), end) }

    private static func clamped(_ second: Int64) -> Int64 { all.clamped(second) }

    private static func text(_ second: Int64) -> String {
        String(Timestamp(milliseconds: second * 1000).rfc3339.dropLast(5)) + "Z"
    }
}

/// Where a page of a list begins: so many events from one end of a span of seconds.
///
/// The span is narrowed to what is left, so that events which come in between do not move the pages.
struct FlexpricePlace: Equatable {
    let order: EventSearch.Order
    let window: FlexpriceWindow
    /// How many events at the beginning of the window, in the list's order, stood on earlier pages.
    let offset: Int

    private init(order: EventSearch.Order, window: FlexpriceWindow, offset: Int) {
        self.order = order
        self.window = window
        self.offset = offset
    }

    /// - Returns: nil if the cursor is none of ours, or of a list in another order.
    init?(_ query: VendorListQuery) {
        var window = FlexpriceWindow(from: query.filter.from, before: query.filter.before)
        guard let cursor = query.cursor else {
            self.init(order: query.order, window: window, offset: 0)
            return
        }
        let parts = cursor.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard cursor.first == Self.letter(query.order), parts.count == 2, let second = Int64(parts[0]),
            let offset = Int(parts[1]), offset >= 0, (window.start...window.end).contains(second)
        else { return nil }
        switch query.order {
        case .newestFirst: window.end = second
        case .oldestFirst: window.start = second
        }
        self.init(order: query.order, window: window, offset: offset)
    }

    /// Begins with a letter for the order.
    var cursor: String {
        let second =
            switch order {
            case .newestFirst: window.end
            case .oldestFirst: window.start
            }
        return "\(Self.letter(order))\(second).\(offset)"
    }

    /// The place behind a page.
    /// - Parameter page: the timestamps of its events, all of them, in the list's order.
    /// - Returns: nil behind an empty page, which ends the list.
    func behind(_ page: [Timestamp]) -> FlexpricePlace? {
        guard let last = page.last else { return nil }
        var rest = window
        switch order {
        case .newestFirst: rest.end = window.clamped(FlexpriceWindow.second(of: last) + 1)
        case .oldestFirst: rest.start = window.clamped(FlexpriceWindow.second(of: last))
        }
        let inside = page.count { moment in
            switch order {
            case .newestFirst: moment.milliseconds <= rest.end * 1000
            case .oldestFirst: moment.milliseconds >= rest.start * 1000
            }
        }
        // Where all of the page lies in the rest, so may what stood before it.
        guard inside < page.count else {
            let (count, overflows) = offset.addingReportingOverflow(page.count)
            return overflows ? nil : FlexpricePlace(order: order, window: window, offset: count)
        }
        return FlexpricePlace(order: order, window: rest, offset: inside)
    }

    private static func letter(_ order: EventSearch.Order) -> Character {
        switch order {
        case .newestFirst: "n"
        case .oldestFirst: "o"
        }
    }
}
