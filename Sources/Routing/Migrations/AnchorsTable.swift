import Events

/// The rows of a file of anchors, as text: for a program that fills the file and keeps what people wrote.
package struct AnchorsTable: Sendable, Equatable {
    /// One customer's row.
    package struct Row: Sendable, Equatable {
        package let customer: String
        package let anchor: String
        /// Empty if the row has none.
        package let interval: String

        package init(customer: String, anchor: String, interval: String) {
            self.customer = customer
            self.anchor = anchor
            self.interval = interval
        }

        /// `2026-01-31`, or `2026-01-31 every week`
        package var text: String { interval.isEmpty ? anchor : "\(anchor) every \(interval)" }
    }

    /// What loading anchors would change.
    package struct Changes: Sendable, Equatable {
        /// Customers that the file did not have.
        package var added: [Row] = []
        /// Rows that say something else, before and after.
        package var changed: [(before: Row, after: Row)] = []
        package var unchanged = 0
        /// Customers that the file has and the vendor does not.
        package var others: [String] = []

        package static func == (left: Changes, right: Changes) -> Bool {
            left.added == right.added && left.unchanged == right.unchanged && left.others == right.others
                && left.changed.elementsEqual(right.changed) { $0 == $1 }
        }
    }

    /// In the order of the file.
    package private(set) var rows: [Row] = []

    package init() {}

    /// - Throws: ``Fault`` if the file is no such table.
    package init(_ bytes: [UInt8]) throws(Fault) {
        var columns: Int?
        var line = 0
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        for row in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            let row = row.last == UInt8(ascii: "\r") ? row.dropLast() : row
            guard !row.isEmpty else { continue }
            guard let fields = AnchorsReader.fields(of: row) else {
                throw Fault(line: line, message: "a quote is not closed, or the row is not UTF-8")
            }
            guard let columns else {
                guard ["customer_id", "anchor", "interval"].starts(with: fields), fields.count > 1 else {
                    throw Fault(
                        line: line,
                        message: "the first row must be customer_id,anchor or customer_id,anchor,interval"
                    )
                }
                columns = fields.count
                continue
            }
            guard fields.count == columns else {
                throw Fault(
                    line: line,
                    message: "the row has \(fields.count) fields, and the first row has \(columns)"
                )
            }
            rows.append(Row(customer: fields[0], anchor: fields[1], interval: fields.count > 2 ? fields[2] : ""))
        }
    }

    /// Where a file is no table of anchors.
    package struct Fault: Error, Sendable, Equatable {
        package let line: Int
        package let message: String
    }

    /// What taking these anchors would change.
    package func changes(by anchors: [AnchorProposal]) -> Changes {
        let known = Dictionary(rows.map { ($0.customer.exact, $0) }) { first, _ in first }
        var changes = Changes()
        var loaded: Set<ExactText> = []
        for anchor in anchors where loaded.insert(anchor.customer.exact).inserted {
            let row = Row(customer: anchor.customer, anchor: anchor.anchor, interval: anchor.interval ?? "")
            guard let before = known[anchor.customer.exact] else {
                changes.added.append(row)
                continue
            }
            if before == row { changes.unchanged += 1 } else { changes.changed.append((before, row)) }
        }
        changes.others = rows.map(\.customer).filter { !loaded.contains($0.exact) }
        return changes
    }

    /// Takes changes in: further rows at the end, others in place.
    /// - Parameter overwriting: whether rows that say something else are changed.
    package mutating func apply(_ changes: Changes, overwriting: Bool) {
        if overwriting {
            let new = Dictionary(changes.changed.map { ($0.after.customer.exact, $0.after) }) { first, _ in first }
            rows = rows.map { new[$0.customer.exact] ?? $0 }
        }
        rows += changes.added
    }

    /// The file. The column `interval` is there if a row has one.
    package var text: String {
        let hasInterval = rows.contains { !$0.interval.isEmpty }
        let lines = rows.map { row in
            let fields = [row.customer, row.anchor] + (hasInterval ? [row.interval] : [])
            return fields.map(Self.quoted).joined(separator: ",")
        }
        return ([hasInterval ? "customer_id,anchor,interval" : "customer_id,anchor"] + lines).joined(separator: "\n")
            + "\n"
    }

    private static func quoted(_ field: String) -> String {
        field.unicodeScalars.contains { $0 == "," || $0 == "\"" }
            ? "\"\(field.replacingScalars("\"", with: "\"\""))\"" : field
    }
}
