import Testing

@testable import Client
@testable import tollgate

/// What `tollgate send` and `tollgate import` print at their end.
@Suite struct FileSendingTests {
    private func summary(refused: Int = 0, known: Int = 0) -> EventFileSender.Summary {
        var summary = EventFileSender.Summary()
        (summary.accepted, summary.duplicates, summary.skipped, summary.known) = (180, 20, 7, known)
        summary.refuse((0..<refused).map { FileFault(FilePosition(line: $0 + 2), "no name") })
        return summary
    }

    @Test func `counts what was sent, with the rate of what the gateway answered`() {
        #expect(
            FileSending.lines(summary(), of: "a.ndjson", in: .seconds(2))
                == ["180 accepted, 20 duplicates, 0 refused, 7 sent by an earlier run; 100 events/s"]
        )
        // No time at all is no reason to stop.
        #expect(FileSending.lines(summary(), of: "a", in: .zero)[0].hasSuffix("; 200000 events/s"))
    }

    @Test(arguments: [1, 20, 21])
    func `names the first faults by their lines and counts the others`(refused: Int) {
        let lines = FileSending.lines(summary(refused: refused), of: "a.ndjson", in: .seconds(1))
        let shown = min(refused, 20)
        #expect(lines.first == "a.ndjson:2: no name" && lines[shown - 1] == "a.ndjson:\(shown + 1): no name")
        #expect(lines.count == shown + (refused > 20 ? 2 : 1))
        if refused > 20 { #expect(lines[20] == "and 1 more") }
        #expect(lines.last?.contains(", \(refused) refused, ") == true)
    }

    @Test func `counts the faults that were not even kept`() {
        let lines = FileSending.lines(summary(refused: 1500), of: "a", in: .seconds(1))
        #expect(lines[20] == "and 1480 more")
    }

    @Test func `says which events an import leaves to a backfill`() {
        #expect(
            FileSending.lines(summary(known: 3), of: "a", in: .seconds(1)).last
                == "3 left out: the journal has them already, with the same ID and customer or subscription; a backfill sends those"
        )
    }

    @Test func `shows a bar where the size of the file is known`() {
        #expect(ProgressBar.text(FileRun.Progress(events: 5, bytesRead: 10, fileBytes: nil)) == "5 events")
        #expect(ProgressBar.text(FileRun.Progress(events: 5, bytesRead: 10, fileBytes: 0)) == "5 events")
        let half = String(repeating: "#", count: 20) + String(repeating: "-", count: 20)
        #expect(ProgressBar.text(FileRun.Progress(events: 5, bytesRead: 10, fileBytes: 20)) == "[\(half)] 5 events")
        // A file that grows meanwhile.
        let full = String(repeating: "#", count: 40)
        #expect(ProgressBar.text(FileRun.Progress(events: 5, bytesRead: 30, fileBytes: 20)) == "[\(full)] 5 events")
    }
}
