import Events
import Parity

/// Findings as CSV (RFC 4180), for spreadsheets.
enum ParityCSV {
    static let header =
        "provider,cause,urgency,confirmed,event_id,vendor_id,name,customer_id,subscription_id,timestamp,"
        + "differences,detail,resolution\r\n"

    static func row(_ numbered: NumberedFinding) -> String {
        let finding = numbered.finding
        let differences = finding.differences.map { difference in
            "\(difference.field) (\(difference.kind.rawValue)): sent \(difference.sent ?? "nothing"), "
                + "shown \(difference.shown ?? "nothing")"
        }
        let fields = [
            finding.provider.rawValue, finding.cause.rawValue, finding.cause.urgency.rawValue, "\(finding.isConfirmed)",
            finding.eventID ?? "", finding.vendorID ?? "", finding.name, finding.customerID ?? "",
            finding.subscriptionID ?? "", finding.timestamp.rfc3339, differences.joined(separator: "; "),
            finding.detail ?? "", numbered.resolution ?? "",
        ]
        return fields.map(field).joined(separator: ",") + "\r\n"
    }

    /// A spreadsheet runs text that begins like a formula, so an apostrophe goes in front of it.
    private static func field(_ text: String) -> String {
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let text = isFormula ? "'" + text : text
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }
}
