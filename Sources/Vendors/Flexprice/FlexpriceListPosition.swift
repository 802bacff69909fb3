import Events

/// Where a page of a list begins: so many events from one end of a span of seconds.
///
/// The span is narrowed to what is left, so that events which come in between do not move the pages.
struct FlexpriceListPosition: Equatable {
    let order: EventSearch.Order
    let window: FlexpriceWindow
    /// How many events at the beginning of the window, in the list's order, stood on earlier pages.
    let offset: Int

    private init(order: EventSearch.Order, window: FlexpriceWindow, offset: Int) {
        self.order = order
        self.window = window
        self.offset = offset
    }

    /// - Returns: nil if the cursor is not ours, or of a list in another order.
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

    /// The position after a page.
    /// - Parameter page: the timestamps of its events, all of them, in the list's order.
    /// - Returns: nil after an empty page, which ends the list.
    func behind(_ page: [Timestamp]) -> FlexpriceListPosition? {
        guard let last = page.last else { return nil }
        var rest = window
        switch order {
        case .newestFirst: rest.end = window.clamped(FlexpriceWindow.second(of: last) + 1)
        case .oldestFirst: rest.start = window.clamped(FlexpriceWindow.second(of: last))
        }
        let inside = page.count { timestamp in
            switch order {
            case .newestFirst: timestamp.milliseconds <= rest.end * 1000
            case .oldestFirst: timestamp.milliseconds >= rest.start * 1000
            }
        }
        // Where all of the page lies in the rest, so may what stood before it.
        guard inside < page.count else {
            let (count, overflows) = offset.addingReportingOverflow(page.count)
            return overflows ? nil : FlexpriceListPosition(order: order, window: window, offset: count)
        }
        return FlexpriceListPosition(order: order, window: rest, offset: inside)
    }

    private static func letter(_ order: EventSearch.Order) -> Character {
        switch order {
        case .newestFirst: "n"
        case .oldestFirst: "o"
        }
    }
}
