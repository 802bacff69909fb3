import Foundation
import Testing

@testable import Sandbox

/// What of a bill is asked for, and how it is added up.
@Suite struct BillQuestionTests {
    private func question(_ query: (String, String)...) throws -> BillQuestion {
        try BillQuestion(query.map { (name: $0.0, value: $0.1) })
    }

    @Test func `customers are alternatives, and the end does not belong to it`() throws {
        let asked = try question(
            ("customer_id", "a"),
            ("customer_id", "b"),
            ("from", "1970-01-01T00:00:01Z"),
            ("until", "1970-01-01T00:00:02Z")
        )
        #expect(asked.takes("a", at: 1000) && asked.takes("b", at: 1999))
        #expect(!asked.takes("a", at: 999) && !asked.takes("a", at: 2000) && !asked.takes("c", at: 1500))
        #expect(try question().takes("any", at: .min))
        #expect(try !question(("until", "0000-01-01T00:00:00Z")).takes("a", at: 0))
    }

    @Test(arguments: [
        ("from", "soon", "from must be a time such as 2026-12-01T00:00:00Z"),
        ("until", "", "until must be a time such as 2026-12-01T00:00:00Z"),
        ("until", "2026-12-01", "until must be a time such as 2026-12-01T00:00:00Z"),
        ("customer", "c", #"unknown parameter "customer"; there are customer_id, from, until"#),
    ])
    func `a bad parameter is named`(name: String, value: String, reason: String) {
        let error = #expect(throws: BadControl.self) { try question((name, value)) }
        #expect(error?.reason == reason)
    }

    @Test func `lines are by customer, period and metric`() {
        var tally = BillTally<Decimal>()
        let periods: [(from: Int?, until: Int?)] = [(2000, 3000), (nil, 1000)]
        for period in periods {
            for (customer, metric) in [("b", "x"), ("a", "y"), ("a", "x"), ("a", "x")] {
                tally.add((Decimal(2), "2"), of: metric, .sum, for: customer, in: period, at: 0)
            }
        }
        let bill = tally.bill { "\($0)" }
        let lines = bill.lines.map { line in
            let from = line.from.map { "\($0)" } ?? "-"
            return "\(line.customer) \(from) \(line.metric) \(line.units) \(line.events)"
        }
        #expect(
            lines == ["a - x 4 2", "a - y 2 1", "a 2000 x 4 2", "a 2000 y 2 1", "b - x 2 1", "b 2000 x 2 1"]
        )
        #expect(
            bill.lines[2].json.text
                == #"{"customer_id":"a","metric":"x","from":"1970-01-01T00:00:02.000Z","until":"1970-01-01T00:00:03.000Z","units":"4","events":2}"#
        )
        #expect(bill.lines[0].json["from"]?.isNull == true)
    }

    /// What arrives at the instant of the closing is still on the bill.
    @Test func `a period is over for what comes after its closing`() {
        let closed = Date(timeIntervalSince1970: 100)
        let closings = [Closing(at: closed, until: 50_000)]
        #expect(closings.areOver(49_999, at: closed.addingTimeInterval(0.001)))
        #expect(!closings.areOver(49_999, at: closed) && !closings.areOver(50_000, at: closed.addingTimeInterval(9)))
        #expect(![Closing]().areOver(.min, at: closed))
    }
}
