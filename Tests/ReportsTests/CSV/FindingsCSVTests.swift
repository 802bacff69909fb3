import Events
import Parity
import Testing

@testable import Reports

/// Findings for spreadsheets.
@Suite struct FindingsCSVTests {
    private func row(name: String, detail: String? = nil, resolution: String? = nil) -> String {
        let finding = Finding(
            key: "k",
            provider: "polar",
            cause: .content,
            about: FindingSubject(eventID: "e", name: name, timestamp: Timestamp(milliseconds: 0)),
            differences: [ContentDifference(field: "name", kind: .value, sent: "a", shown: nil)],
            detail: detail
        )
        return CSVText.row(FindingsCSV.row(NumberedFinding(number: 1, finding: finding, resolution: resolution)))
    }

    @Test func `has a field for each title`() {
        let fields = row(name: "api").split(separator: ",", omittingEmptySubsequences: false)
        // The sentence of the difference has a comma, within quotes.
        #expect(fields.count == FindingsCSV.titles.count + 1)
        #expect(row(name: "api").contains(#""name (value): sent a, shown nothing""#))
        #expect(row(name: "api").hasSuffix("\r\n"))
    }

    @Test(arguments: [
        ("a,b", #""a,b""#), (#"a"b"#, #""a""b""#), ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), ("plain", "plain"),
    ])
    func `quotes what would end a field or a row`(name: String, field: String) {
        #expect(row(name: name).contains(",\(field),"))
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
    func `lets no value run as a formula`(name: String) {
        #expect(row(name: name).contains(",'\(name),"))
        #expect(row(name: "n", resolution: name).hasSuffix(",'\(name)\r\n"))
    }

    /// Spreadsheets read code points: a quotation mark that is not doubled ends the field, and what follows is another one.
    @Test(arguments: ["\u{301}", "\u{200D}", ""])
    func `doubles each quotation mark, also one that has a combining mark`(mark: String) {
        let row = CSVText.row(["a\"\(mark),=1", "x"])
        #expect(row.utf8.elementsEqual("\"a\"\"\(mark),=1\",x\r\n".utf8), "\(row)")
    }

    @Test func `guards a formula after a carriage return, within quotes`() {
        #expect(CSVText.row(["\r=1", "x"]) == "\"'\r=1\",x\r\n")
    }
}
