import Routing
import Testing

@testable import tollgate

/// What `tollgate migrate anchors load` makes of a vendor's subscriptions.
@Suite struct LoadedAnchorsTests {
    private func loaded(_ pages: String...) throws -> LoadedAnchors {
        var loaded = LoadedAnchors()
        for page in pages { loaded.add(try .response(page)) }
        return loaded
    }

    private static let first = #"{"customer_id": "c1", "anchor": "2026-01-31"}"#
    private static let week = #"{"customer_id": "c1", "anchor": "2026-01-31", "interval": "week"}"#
    private static let second = #"{"customer_id": "c2", "anchor": "2026-01-15"}"#

    private static func page(_ anchors: String...) -> String {
        #"{"anchors": [\#(anchors.joined(separator: ","))]}"#
    }

    @Test func `takes one anchor of each customer, over all pages`() throws {
        let loaded = try loaded(Self.page(Self.second, Self.first), Self.page(Self.first, Self.second))
        #expect(
            loaded.anchors == [
                AnchorProposal(customer: "c2", anchor: "2026-01-15", interval: nil),
                AnchorProposal(customer: "c1", anchor: "2026-01-31", interval: nil),
            ]
        )
        #expect(loaded.unknown == [])
    }

    @Test func `takes no anchor of a customer whose subscriptions have different periods`() throws {
        let oneByOne = [Self.page(Self.first), Self.page(Self.week, Self.second)]
        for pages in [[Self.page(Self.first, Self.week, Self.second)], oneByOne] {
            // A third subscription, like the first, makes it no clearer.
            var loaded = LoadedAnchors()
            for page in pages + [Self.page(Self.first)] { loaded.add(try .response(page)) }
            #expect(loaded.anchors.map(\.customer) == ["c2"])
            #expect(loaded.unknown == ["c1: the customer has subscriptions with different periods"])
        }
    }

    @Test func `tells customers apart byte for byte, as vendors do`() throws {
        let (one, other) = ("caf\u{e9}", "cafe\u{301}")
        let items = [(one, "2026-01-31"), (other, "2026-01-15")].map {
            #"{"customer_id": "\#($0.0)", "anchor": "\#($0.1)"}"#
        }
        let loaded = try loaded(Self.page(items[0], items[1]))
        #expect(loaded.anchors.map { Array($0.customer.utf8) } == [one, other].map { Array($0.utf8) })
        #expect(loaded.anchors.map(\.anchor) == ["2026-01-31", "2026-01-15"])
        #expect(loaded.unknown == [] && !loaded.isAmbiguous(one))
    }

    @Test func `names what tells no anchor by customer, else by subscription`() throws {
        let page = #"""
            {"unknown": [{"customer_id": "c3", "subscription_id": "s3", "reason": "it is paused"},
                         {"customer_id": null, "subscription_id": "s4", "reason": "it has no customer"}]}
            """#
        #expect(try loaded(page).unknown == ["c3: it is paused", "subscription s4: it has no customer"])
    }

    @Test func `says what is in the file and at the vendor, and does not call who is unclear without a subscription`()
        throws
    {
        let table = try AnchorsTable(Array("customer_id,anchor\nc1,2026-01-31\nc2,2026-01-14\nc9,2026-01-01\n".utf8))
        let loaded = try loaded(Self.page(Self.first, Self.week, Self.second))
        let changes = table.changes(by: loaded.anchors)
        let rest = """
            , 0 unchanged, 1 without a subscription, 1 unknown
              c2: 2026-01-14 in the file, 2026-01-15 at the vendor
              c1: the customer has subscriptions with different periods
            """
        #expect(
            LoadAnchorsCommand.text(changes, loaded, overwriting: false) == "0 added, 1 different and kept" + rest
        )
        #expect(LoadAnchorsCommand.text(changes, loaded, overwriting: true) == "0 added, 1 changed" + rest)
    }

    @Test func `lists fifty and counts the others`() throws {
        let items = (1...53).map { #"{"customer_id": "c\#($0)", "reason": "r"}"# }.joined(separator: ",")
        let loaded = try loaded(#"{"unknown": [\#(items)]}"#)
        let lines = LoadAnchorsCommand.text(AnchorsTable().changes(by: []), loaded, overwriting: false)
            .split(separator: "\n")
        #expect(lines.count == 52 && lines[50] == "  c50: r" && lines[51] == "  and 3 more")
    }
}
