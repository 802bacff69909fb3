import Events

@testable import Dashboard

extension ChartTimes {
    /// Steps of ten seconds from 14:00 UTC.
    static func sample(_ count: Int) -> ChartTimes {
        ChartTimes(start: Timestamp(milliseconds: 1_710_943_200_000), step: .seconds(10), count: count)
    }
}

extension String {
    /// The value of the first attribute with this name behind a piece of the text.
    func attribute(_ name: String, behind mark: String = "") -> String? {
        guard let start = mark.isEmpty ? self[...] : range(of: mark).map({ self[$0.upperBound...] }),
            let value = start.range(of: " \(name)=\"")
        else { return nil }
        return String(start[value.upperBound...].prefix { $0 != "\"" })
    }

    private func range(of text: String) -> Range<Index>? { ranges(of: text).first }

    /// How often a text occurs.
    func count(of text: String) -> Int { ranges(of: text).count }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? { ranges(of: text).first }
}
