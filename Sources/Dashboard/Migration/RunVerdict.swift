import Parity

/// The result of a comparison, as text and as a class of the stylesheet.
struct RunVerdict: Sendable {
    let name: String
    /// Of a dot.
    let statusStyle: String
    /// Of a box.
    let boxStyle: String
    let sentence: String

    init(_ run: ParityRun) {
        switch run.verdict {
        case .equal?:
            (name, statusStyle, boxStyle) = ("equal", "ok", "ok")
            sentence = "The journal and the vendors agree, apart from accepted causes."
        case .different?:
            (name, statusStyle, boxStyle) = ("different", "bad", "bad")
            let open = run.reports.flatMap(\.causes).map { max($0.count, 0) - max($0.accepted, 0) }
            let count = PlainNumbers.sum(open)
            sentence = "\(PlainNumbers.count(count, of: "difference")) that nobody has accepted."
        case .incomplete?:
            (name, statusStyle, boxStyle) = ("incomplete", "warn", "warn")
            let reasons = [run.reason].compactMap(\.self) + run.reports.compactMap(\.unreadable)
            sentence = reasons.first.map { "Could not be compared: \($0)." } ?? "A part could not be compared."
        case nil:
            (name, statusStyle, boxStyle) = (run.state.rawValue, "pending", "unknown")
            let windows = "\(PlainNumbers.count(run.windowsRead)) of \(PlainNumbers.count(run.windows)) windows"
            sentence = "The comparison is \(run.state.rawValue): \(windows) are read."
        }
    }
}
