import TestSupport
import Testing

@testable import Client

/// The faults that a run keeps: the first ones of the file, in whatever order they come.
@Suite struct SendSummaryTests {
    @Test(arguments: 0..<10)
    func `keeps the first faults of the file and counts all`(round: Int) {
        var random = SeededRandom()
        for _ in 0..<round { _ = random.next() }
        var summary = EventFileSender.Summary()
        var (all, counted): ([FilePosition], Int) = ([], 0)
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let faults = (0..<Int.random(in: 0...600, using: &random)).map { _ in
                let line = Int.random(in: 1...5000, using: &random)
                return FileFault(FilePosition(line: line, element: Bool.random(using: &random) ? line : nil), "m")
            }
            let others = Int.random(in: 0...3, using: &random)
            summary.refuse(faults, and: others)
            all += faults.map(\.position)
            counted += faults.count + others
        }
        #expect(summary.refusedCount == counted, "seed \(SeededRandom.seed), round \(round)")
        #expect(
            summary.refused.map(\.position) == Array(all.sorted().prefix(EventFileSender.Summary.mostListed)),
            "seed \(SeededRandom.seed), round \(round)"
        )
    }

    @Test(arguments: [
        (SendFailure.cancelled, "sending was cancelled"), (.refused("no"), "no"),
        (.file(.truncatedGzip), "the gzip data is cut off; everything before the cut was read"),
        (.file(.damagedGzip), "the gzip data is damaged; everything before the damage was read"),
        (.file(.unreadable(reason: "r")), "cannot be read: r"), (.file(.unsupported("a table")), "a table"),
        (
            .unreachable(GatewayUnreachable(address: "http://a", reason: "r")),
            "the gateway at http://a did not respond (r). Is it running? Set its address with --url or TOLLGATE_URL."
        ),
    ])
    func `says why a run stopped`(failure: SendFailure, text: String) {
        #expect("\(failure)" == text)
    }
}
