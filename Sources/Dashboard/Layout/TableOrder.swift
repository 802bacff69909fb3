/// A column that a table can be sorted by.
package protocol SortColumn: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// Whether the largest comes first when somebody chooses the column.
    var beginsWithLargest: Bool { get }
}

/// What a table is sorted by. In an address `sort=waiting`, or `sort=-waiting` for the other direction than the usual one.
package struct TableOrder<Column: SortColumn>: Sendable, Equatable {
    package let column: Column
    /// Whether it is the other direction than the column begins with.
    package let isReversed: Bool

    /// The name of the parameter.
    package static var parameter: String { "sort" }

    package init(_ column: Column, isReversed: Bool = false) {
        self.column = column
        self.isReversed = isReversed
    }

    /// - Parameter text: of the parameter.
    /// - Returns: nil if no column has this name.
    package init?(_ text: String) {
        let isReversed = text.hasPrefix("-")
        guard let column = Column(rawValue: isReversed ? String(text.dropFirst()) : text) else { return nil }
        self.init(column, isReversed: isReversed)
    }

    /// As the parameter has it.
    package var text: String { (isReversed ? "-" : "") + column.rawValue }

    /// The values of the parameter, for people.
    package static var known: String {
        Column.allCases.map(\.rawValue).joined(separator: ", ") + ", with \"-\" in front for the other direction"
    }

    var largestIsFirst: Bool { column.beginsWithLargest != isReversed }

    /// Sorts rows by what they have in the column. Rows without it come last in both directions; equal rows keep their order.
    func sorted<Row, Value: Comparable>(_ rows: [Row], by value: (Row) -> Value?) -> [Row] {
        let keyed = rows.enumerated().map { (place: $0.offset, value: value($0.element), row: $0.element) }
        return keyed.sorted { left, right in
            switch (left.value, right.value) {
            case (let one?, let other?) where one != other: largestIsFirst ? one > other : one < other
            case (_?, nil): true
            case (nil, _?): false
            default: left.place < right.place
            }
        }.map(\.row)
    }
}

/// The head of a column: a link that sorts the table, where that makes sense.
struct ColumnHead: Sendable {
    let label: String
    let isNumber: Bool
    /// Nil if the table is not sorted by the column.
    let sortHref: String?
    /// `ascending` or `descending`; nil if the table is not sorted by the column now.
    let direction: String?

    /// A column that the table cannot be sorted by, or only with its largest first.
    /// - Parameters:
    ///   - sortHref: of the page sorted by it; nil if it cannot be.
    ///   - isCurrent: whether the table is sorted by it now.
    init(_ label: String, isNumber: Bool = false, sortHref: String? = nil, isCurrent: Bool = false) {
        self.label = label
        self.isNumber = isNumber
        self.sortHref = sortHref
        direction = isCurrent ? "descending" : nil
    }

    /// - Parameters:
    ///   - order: what the table is sorted by now; nil: by none of its columns.
    ///   - address: of the page with another value of the parameter `sort`.
    init<Column: SortColumn>(
        _ label: String,
        _ column: Column,
        isNumber: Bool = false,
        of order: TableOrder<Column>?,
        address: (String) -> String
    ) {
        self.label = label
        self.isNumber = isNumber
        let isCurrent = order?.column == column
        let next = TableOrder(column, isReversed: isCurrent && order?.isReversed == false)
        sortHref = address(next.text)
        direction = isCurrent ? order.map { $0.largestIsFirst ? "descending" : "ascending" } : nil
    }
}
