import Events
import TestSupport
import Testing

@testable import Vendors

/// Cursors of vendors that count their pages.
@Suite struct PageCursorTests {
    private func page(_ cursor: String?, limit: Int = 7) -> CountedPage? {
        CountedPage(
            VendorListQuery(filter: EventFilter(), order: .newestFirst, limit: limit, cursor: cursor),
            largest: 100
        )
    }

    @Test func `the first page has the size that is asked for, up to the vendor's`() {
        #expect(page(nil)?.number == 1 && page(nil)?.size == 7)
        #expect(page(nil, limit: 100)?.size == 100 && page(nil, limit: 101)?.size == 100)
        #expect(page(nil, limit: .max)?.size == 100)
    }

    /// Pages of another size would overlap.
    @Test func `the next ones keep its size`() {
        var next = page(nil)
        for number in 2...5 {
            next = page(next?.next, limit: 50)
            #expect(next?.number == number && next?.size == 7)
        }
    }

    @Test(arguments: [
        "", ".", "1", "1.", ".7", "0.7", "-1.7", "1.0", "1.101", "1.7.1", "1000000001.7", "a.7", "1.b", " 1.7", "1.7 ",
        "9223372036854775807.7", "9223372036854775808.7", "1.9223372036854775807", "\u{661}.7", "1,7", "2.7\u{0}",
    ])
    func `a cursor that is not ours is refused`(cursor: String) {
        #expect(page(cursor) == nil)
    }

    @Test func `the last page that can be counted has a next one that cannot`() {
        let last = page("1000000000.100")
        #expect(last?.number == 1_000_000_000)
        #expect(page(last?.next) == nil)
    }

    @Test(
        arguments: [
            (nil, 1, 1), (nil, 0, 0), ("1", 1, 1), ("0", 0, 0), ("0", 1, nil), ("-1", 0, nil),
            ("1000000", 1, 1_000_000),
            ("1000001", 1, nil), ("", 1, nil), ("1.0", 1, nil), (" 1", 1, nil), ("9223372036854775808", 1, nil),
            ("next", 0, nil),
        ] as [(String?, Int, Int?)]
    )
    func `the number of a page is its cursor`(cursor: String?, first: Int, number: Int?) {
        #expect(PageNumber.read(cursor, first: first) == number)
    }

    /// Whoever pages by hand gets a refusal, not a request for the vendor.
    @Test(
        arguments: ["lago", "polar"] as [AdapterName],
        ["", "next", "1.5", " 2", "\u{662}", "0", "-5", "1000001", "9223372036854775807"]
    )
    func `a window's cursor that is no page's number is refused`(vendor: AdapterName, cursor: String) throws {
        let reader = try #require(VendorRegistry.adapter(named: vendor)?.reader)
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))
        guard case .unsupported = reader.events(in: window, after: cursor) else {
            Issue.record("\(vendor) took \(cursor)")
            return
        }
    }
}
