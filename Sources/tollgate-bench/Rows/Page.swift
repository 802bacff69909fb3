import Foundation

/// All rows of a run.
struct Page: Encodable {
    /// Under which the figures hold.
    let conditions: String
    let rows: [Row]
    /// Rows that could not be measured, with the reason.
    let failures: [String: String]

    /// For programs.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// For people.
    var text: String {
        let width = (rows.map(\.name.count) + failures.keys.map(\.count)).max() ?? 0
        let lines = rows.map { row in
            let name = row.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
            let indent = String(repeating: " ", count: width + 2)
            return name + row.title + "\n" + indent + row.figures.map(\.text).joined(separator: "   ")
        }
        let failed = failures.sorted { $0.key < $1.key }.map { "\($0.key)  NOT MEASURED: \($0.value)" }
        return (lines + failed + [conditions]).joined(separator: "\n")
    }
}

extension Figure {
    fileprivate var text: String {
        let number = Self.grouped(value) + (unit.isEmpty ? "" : " \(unit)")
        let main = name.isEmpty ? number : "\(name) \(number)"
        guard let ofLimit, let limit, let limitName else { return main }
        return "\(main) (\(ofLimit) of \(limitName): \(Self.grouped(limit)))"
    }

    /// Large numbers with thousands separators.
    private static func grouped(_ value: Double) -> String {
        value.magnitude < 100 ? "\(value)" : Int(value).formatted(.number.locale(Locale(identifier: "en_US")))
    }
}
