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

    /// The second in which a timestamp lies, and the next.
    init(around timestamp: Timestamp) {
        start = Self.clamped(Self.second(of: timestamp))
        end = Self.clamped(Self.second(of: timestamp) + 1)
    }

    /// The seconds that hold a span of time.
    /// - Parameters:
    ///   - from: its start; nil: the earliest.
    ///   - before: its end, which does not belong to it; nil: none.
    init(from: Timestamp?, before: Timestamp?) {
        start = from.map { Self.clamped(Self.second(of: $0)) } ?? Self.all.start
        let last = before.map { $0.milliseconds % 1000 == 0 ? Self.second(of: $0) : Self.second(of: $0) + 1 }
        end = last.map(Self.clamped) ?? Self.all.end
        // An empty span is asked for anyway, and a start after the end would be refused.
        end = max(start, end)
    }

    var startText: String { Self.text(start) }
    var endText: String { Self.text(end) }

    /// The second in which a timestamp lies.
    static func second(of timestamp: Timestamp) -> Int64 {
        let (quotient, rest) = timestamp.milliseconds.quotientAndRemainder(dividingBy: 1000)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// The second of the window that is nearest to this one.
    func clamped(_ second: Int64) -> Int64 { min(max(second, start), end) }

    private static func clamped(_ second: Int64) -> Int64 { all.clamped(second) }

    private static func text(_ second: Int64) -> String {
        String(Timestamp(milliseconds: second * 1000).rfc3339.dropLast(5)) + "Z"
    }
}
