import Events
import Testing
import Vendors

/// What Flexprice's analytics say of a feature that is sold by several prices.
@Suite struct FlexpriceUsageTests {
    private func usage(_ items: [String]) throws -> VendorInquiry<[VendorUsage]> {
        let reader = try #require(VendorRegistry.adapter(named: "flexprice")?.reader)
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 86_400_000))
        let inquiry = reader.usage(of: UsageCustomer(id: "c", subscriptionID: nil), metrics: ["f"], in: window)
        guard case .ask(_, let next) = inquiry else { return inquiry }
        return next(VendorAnswer(status: 200, body: Array(#"{"items":[\#(items.joined(separator: ","))]}"#.utf8)))
    }

    private func row(_ items: [String]) throws -> VendorUsage? {
        guard case .done(let rows) = try usage(items) else { return nil }
        return rows.count == 1 ? rows[0] : nil
    }

    private static func item(_ units: String, events: String) -> String {
        #"{"feature_id":"f","total_usage":\#(units),"event_count":\#(events)}"#
    }

    /// Counts at the ends of what an integer holds once ended the process.
    @Test(arguments: [("9223372036854775807", "1"), ("-9223372036854775808", "-1")])
    func `counts of events that no integer holds together are not understood`(one: String, other: String) throws {
        let items = [Self.item("1", events: one), Self.item("1", events: other)]
        guard case .failed(let fault) = try usage(items) else {
            Issue.record("it was understood")
            return
        }
        #expect(fault.code == .vendorError)
    }

    @Test(arguments: [
        (["1", "2"], 3), (["9223372036854775807", "0"], Int.max), (["null", "2"], 2), ([#""5""#, "2"], 2),
        (["1.5", "2"], 2),
        (["9223372036854775808", "2"], 2),
    ])
    func `counts of events add up, and what is none counts for nothing`(counts: [String], sum: Int) throws {
        #expect(try row(counts.map { Self.item("1", events: $0) })?.events == sum)
    }

    @Test(arguments: [
        (["0.1", "0.2"], "0.3"), ([#""0.10""#, "-0.1"], "0"), (["1e3", #""1""#], "1001"),
        ([#""99999999999999999999999999999999999999""#, "0"], "99999999999999999999999999999999999999"),
    ])
    func `quantities add up without a float`(units: [String], sum: String) throws {
        #expect(try row(units.map { Self.item($0, events: "1") })?.units == sum)
    }

    /// A sum that is not exact is none.
    @Test(arguments: [
        ["1e30", "1e-30"], [#""1e400""#, "1"], [String(repeating: "9", count: 39), "1"], [#""""#, "1"],
    ])
    func `quantities that cannot be added up exactly are not understood`(units: [String]) throws {
        guard case .failed = try usage(units.map { Self.item($0, events: "1") }) else {
            Issue.record("\(units) were added up")
            return
        }
    }
}

/// Rows that Flexprice shows twice until it has merged them.
@Suite struct FlexpriceRepeatTests {
    private func shown(_ rows: [String]) throws -> Int {
        let reader = try #require(VendorRegistry.adapter(named: "flexprice")?.reader)
        let query = VendorListQuery(filter: EventFilter(), order: .newestFirst, limit: 50, cursor: nil)
        guard case .ask(_, let next) = reader.list(query),
            case .done(let page) = next(
                VendorAnswer(status: 200, body: Array(#"{"events":[\#(rows.joined(separator: ","))]}"#.utf8))
            )
        else { return -1 }
        return page.events.count
    }

    private static func row(_ id: String, _ customer: String = "c", _ time: String = "00Z") -> String {
        #"{"id":"\#(id)","external_customer_id":"\#(customer)","event_name":"n","timestamp":"2026-03-01T00:00:\#(time)"}"#
    }

    @Test func `are shown once, and events that differ in id, customer or millisecond all`() throws {
        #expect(try shown([Self.row("a"), Self.row("a"), Self.row("b")]) == 2)
        #expect(try shown([Self.row("a"), Self.row("a", "d"), Self.row("a", "c", "00.001Z")]) == 3)
        // What follows the millisecond is cut off.
        #expect(try shown([Self.row("a"), Self.row("a", "c", "00.0009Z")]) == 1)
    }

    /// One letter in two normal forms makes two ids and two customers.
    @Test func `are told by bytes`() throws {
        #expect(try shown([Self.row("é"), Self.row("e\u{301}")]) == 2)
        #expect(try shown([Self.row("a", "é"), Self.row("a", "e\u{301}")]) == 2)
    }
}
