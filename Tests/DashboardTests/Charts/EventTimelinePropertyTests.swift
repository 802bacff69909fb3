import Events
import Randomness
import Testing

@testable import Dashboard

/// Timelines of any histories stay within their width, in the order of time.
@Suite struct EventTimelinePropertyTests {
    private static let accepted = SamplePages.now

    private func delivery(_ random: inout SplitMix, from first: Int64, most: Int) -> Delivery {
        var at = Self.accepted + .milliseconds(first)
        let history = (0..<Int.random(in: 0...most, using: &random)).map { _ in
            at =
                at
                + .milliseconds(Int64.random(in: 0...(1 << Int64.random(in: 1...34, using: &random)), using: &random))
            return Attempt(
                at: at,
                latency: .milliseconds(Int64.random(in: 0...40_000, using: &random)),
                httpStatus: 503,
                status: DeliveryStatus.allCases.randomElement(using: &random) ?? .retrying
            )
        }
        return Delivery(
            provider: "p",
            adapter: "a",
            mode: .primary,
            status: .retrying,
            attempts: history.count,
            nextAttemptAt: Bool.random(using: &random)
                ? at + .seconds(Int64.random(in: 0...9000, using: &random)) : nil,
            history: history
        )
    }

    private func shares(_ markup: String, _ name: String) -> [Double] {
        markup.split(separator: " \(name)=\"").dropFirst().compactMap { piece in
            let text = piece.prefix { $0 != "\"" }
            return text.hasSuffix("%") ? Double(text.dropLast()) : nil
        }
    }

    @Test(arguments: 1...30)
    func `everything is drawn between the left and the right end`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let deliveries = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            delivery(&random, from: Int64.random(in: -5000...5000, using: &random), most: 80)
        }
        let markup = EventTimeline(id: "t", acceptedAt: Self.accepted, deliveries: deliveries).markup
        for name in ["x", "x1", "x2"] {
            #expect(shares(markup, name).allSatisfy { (0...100).contains($0) }, "seed \(seed)")
        }
        // A mark for each attempt that is drawn, and one for the next attempt.
        let attempts = deliveries.map { min($0.history.count, 60) }.reduce(0, +)
        let next = deliveries.count { $0.nextAttemptAt != nil }
        #expect(markup.count(of: "class=\"mark ") == attempts + next)
        #expect(markup.count(of: "class=\"call ") == attempts)
        #expect(!markup.contains("nan") && !markup.contains("inf"))
        // No attempt ends before it begins.
        for piece in markup.split(separator: "<line class=\"call ").dropFirst() {
            let (start, end) = (String(piece).attribute("x1"), String(piece).attribute("x2"))
            let ends = [start, end].compactMap { $0.flatMap { Double($0.dropLast()) } }
            #expect(ends.count == 2 && ends[0] <= ends[1])
        }
    }

    @Test(arguments: [0, 1, 39, 40, 41, 100])
    func `forty destinations are drawn, and the others are counted`(count: Int) {
        let deliveries = (0..<count).map {
            Delivery(provider: ProviderName("p\($0)"), adapter: "a", mode: .mirror, status: .pending)
        }
        let markup = EventTimeline(id: "t", acceptedAt: Self.accepted, deliveries: deliveries).markup
        #expect(markup.count(of: "class=\"lane\"") == min(count, 40))
        #expect(markup.contains("more destinations") == (count > 40))
        if count > 40 { #expect(markup.contains(">\(count - 40) more destinations<")) }
    }

    /// Damaged times are at the ends of the calendar; a drawing of them ends nothing.
    @Test func `times at the ends of the calendar are drawn`() {
        let attempts = [Int64.min, .max].map { milliseconds in
            Attempt(
                at: Timestamp(milliseconds: milliseconds),
                latency: .milliseconds(Int64.max),
                httpStatus: nil,
                status: .delivered
            )
        }
        let delivery = Delivery(
            provider: "p",
            adapter: "a",
            mode: .primary,
            status: .retrying,
            attempts: .max,
            nextAttemptAt: Timestamp(milliseconds: .max),
            history: attempts
        )
        let markup = EventTimeline(id: "t", acceptedAt: Self.accepted, deliveries: [delivery]).markup
        for name in ["x", "x1", "x2"] { #expect(shares(markup, name).allSatisfy { (0...100).contains($0) }) }
        #expect(markup.contains("\(Int.max) attempts"))
    }

    @Test func `an attempt is described with all that is known of it`() {
        let attempt = Attempt(
            at: Self.accepted,
            latency: .milliseconds(1500),
            httpStatus: 409,
            status: .delivered,
            deduplicated: true,
            fault: DeliveryFault(code: .foundAtVendor, message: "it <is> there")
        )
        let delivery = Delivery(
            provider: "p & q",
            adapter: "a",
            mode: .mirror,
            lane: 7,
            status: .delivered,
            attempts: 1,
            history: [attempt]
        )
        let markup = EventTimeline(id: "t", acceptedAt: Self.accepted, deliveries: [delivery]).markup
        #expect(
            markup.contains(
                "<title>Attempt 1 at 08:00:00 UTC: delivered, HTTP 409, 1.5 s, the vendor had it already, "
                    + "found_at_vendor: it &lt;is&gt; there</title>"
            )
        )
        #expect(
            markup.contains("p &amp; q<tspan class=\"muted\" dx=\"8\">mirror, backfill 7: delivered, 1 attempt</tspan>")
        )
        #expect(
            markup.contains(
                ">Accepted at 2027-01-15T08:00:00.000Z. p &amp; q: mirror, backfill 7: delivered, 1 attempt.</desc>"
            )
        )
    }
}
