package import Events

/// A time in UTC, for programs and for people; the partial `Time` shows it.
package struct TimeText: Sendable, Equatable {
    let iso: String
    let text: String
    /// The two parts of the text: a narrow column breaks between them only.
    let date: String
    let clock: String

    /// - Parameter showsMilliseconds: for lists in which they tell the order.
    package init(_ timestamp: Timestamp, showsMilliseconds: Bool = false) {
        iso = timestamp.rfc3339
        let end = iso.index(iso.startIndex, offsetBy: showsMilliseconds ? 23 : 19)
        let shown = iso[..<end]
        date = String(shown.prefix(10))
        clock = String(shown.dropFirst(11))
        text = "\(date) \(clock)"
    }

    /// As a field of a form has it: RFC 3339 to the second, which fits in.
    var field: String { "\(date)T\(clock.prefix(8))Z" }
}
