import Events
import OfRecord

/// Reads a file of anchors: CSV with the columns `customer_id`, `anchor` and, if wanted, `interval`.
///
/// Faults do not repeat what the file contains.
struct AnchorsReader {
    /// A million customers need about 200 MB of memory.
    static let mostCustomers = 1_000_000
    /// Maximum size of the file.
    static let mostBytes = 64 << 20
    private static let mostFaults = 10
    private static let quote = UInt8(ascii: "\"")

    /// Of the customers that do not say how long their periods are.
    private let interval: BillingCycle.Interval
    private let zone: ZoneRules
    private(set) var cycles: [CustomerID: BillingCycle] = [:]
    /// What is wrong, each with its line: `line 3: the customer is duplicated`.
    private(set) var faults: [String] = []
    private var omitted = 0

    init(_ bytes: [UInt8], every interval: BillingCycle.Interval, in zone: ZoneRules) {
        self.interval = interval
        self.zone = zone
        read(bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...])
        if omitted > 0 { faults.append("and \(omitted) more errors") }
    }

    private mutating func fault(_ line: Int, _ message: String) {
        if faults.count < Self.mostFaults { faults.append("line \(line): \(message)") } else { omitted += 1 }
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count <= Self.mostBytes else {
            return fault(1, "the file has more than \(Self.mostBytes >> 20) MB")
        }
        var columns: Int?
        var line = 0
        for row in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            let row = row.last == UInt8(ascii: "\r") ? row.dropLast() : row
            guard !row.isEmpty else { continue }
            guard let fields = Self.fields(of: row) else {
                fault(line, "a quote is not closed, or the row is not UTF-8")
                continue
            }
            guard let columns else {
                guard fields == ["customer_id", "anchor"] || fields == ["customer_id", "anchor", "interval"] else {
                    return fault(line, "the first row must be customer_id,anchor or customer_id,anchor,interval")
                }
                columns = fields.count
                continue
            }
            guard fields.count == columns else {
                fault(line, "the row has \(fields.count) fields, and the first row has \(columns)")
                continue
            }
            guard cycles.count < Self.mostCustomers else {
                return fault(line, "the file has more than \(Self.mostCustomers) customers")
            }
            readCustomer(fields, line)
        }
        if columns == nil, faults.isEmpty { fault(1, "the first row, customer_id,anchor, is missing") }
    }

    private mutating func readCustomer(_ fields: [String], _ line: Int) {
        guard (1...255).contains(fields[0].utf8.count) else {
            return fault(line, "customer_id must have 1 to 255 bytes")
        }
        guard let anchor = BillingAnchor(fields[1], in: zone) else {
            return fault(
                line,
                "anchor must be a day such as 2026-01-31 or a timestamp with its offset such as 2026-01-31T09:00:00Z"
            )
        }
        var interval = interval
        if fields.count > 2, !fields[2].isEmpty {
            guard let own = BillingCycle.Interval(rawValue: fields[2]) else {
                let words = BillingCycle.Interval.allCases.map(\.rawValue).joined(separator: ", ")
                return fault(line, "interval must be one of \(words)")
            }
            interval = own
        }
        let cycle = BillingCycle(anchor: anchor, every: interval, in: zone)
        let previous = cycles.updateValue(cycle, forKey: CustomerID(fields[0]))
        if previous != nil { fault(line, "the customer is duplicated") }
    }

    /// - Returns: nil if a quote is not closed, or the row is not UTF-8.
    static func fields(of row: ArraySlice<UInt8>) -> [String]? {
        var (fields, field): ([String], [UInt8]) = ([], [])
        var isQuoted = false
        var index = row.startIndex
        func append() -> Bool {
            guard let text = String(validating: field, as: UTF8.self) else { return false }
            fields.append(text)
            field = []
            return true
        }
        while index < row.endIndex {
            let byte = row[index]
            index += 1
            if byte == quote {
                if isQuoted, index < row.endIndex, row[index] == quote {
                    field.append(quote)
                    index += 1
                } else {
                    isQuoted.toggle()
                }
            } else if byte == UInt8(ascii: ","), !isQuoted {
                guard append() else { return nil }
            } else {
                field.append(byte)
            }
        }
        return append() && !isQuoted ? fields : nil
    }
}
