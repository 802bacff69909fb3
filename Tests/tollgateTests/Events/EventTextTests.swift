import ArgumentParser
import JSON
import Testing

@testable import Client
@testable import tollgate

/// What `tollgate events` prints of a stream, a preview, an estimate and a correction.
@Suite struct EventTextTests {
    @Test func `shows accepted events and settled deliveries of a stream, each on one line`() {
        func line(_ kind: String, _ data: String) -> String? {
            EventTail.line(StreamMessage(id: "1", kind: kind, data: data))
        }
        #expect(
            line(
                "accepted",
                #"{"accepted_at": "t", "id": "e1", "name": "api", "customer_id": "c", "subscription_id": "s"}"#
            )
                == "accepted  t  e1  api  c"
        )
        #expect(
            line("accepted", #"{"accepted_at": "t", "id": "e1", "name": "api", "subscription_id": "s"}"#)
                == "accepted  t  e1  api  s"
        )
        #expect(
            line("settled", #"{"id": "e1", "delivery": {"provider": "polar", "status": "delivered", "error": null}}"#)
                == "settled   e1  polar  delivered"
        )
        #expect(
            line(
                "settled",
                #"{"id": "e1", "delivery": {"provider": "polar", "status": "rejected", "error": {"message": "no name"}}}"#
            ) == "settled   e1  polar  rejected  no name"
        )
        #expect(line("missed", #"{"settlements": 3}"#) == nil)
        #expect(line("accepted", "not JSON") == nil)
    }

    @Test func `previews the route, the request of each destination, or why there is none`() throws {
        let preview = try JSONValue.response(
            #"""
            {"route": "default", "of_record": {"provider": "lago", "migration": "to-polar"}, "destinations": [
              {"provider": "lago", "adapter": "lago", "mode": "primary", "not_before": "t", "request":
                {"method": "POST", "url": "http://l/events", "headers": [{"name": "Authorization", "value": "***"}], "body": "{}"}},
              {"provider": "polar", "adapter": "polar", "mode": "mirror", "error": {"field": "name", "message": "is too long"}},
              {"provider": "old", "adapter": "knetik", "mode": "mirror"}]}
            """#
        )
        #expect(
            PreviewCommand.lines(preview) == [
                "route default", "of record: lago (migration to-polar)", "", "lago (lago, primary), not before t",
                "  POST http://l/events", "  Authorization: ***", "", "  {}", "",
                "polar (polar, mirror): name: is too long", "", "old (knetik, mirror): not in routes.json",
            ]
        )
        #expect(try PreviewCommand.lines(.response(#"{"route": null, "of_record": null}"#)) == ["route none"])
    }

    @Test func `shows the charges of an estimate as the vendor writes them`() throws {
        let charge = try JSONValue.response(
            #"{"name": "api", "units": "3.0", "amount": "0.05", "taxes": "0.01", "total": "0.06", "currency": "EUR"}"#
        )
        let row = EstimateCommand.row(charge)
        #expect(row == ["api", "3.0", "-", "0.05", "0.01", "0.06", "EUR"])
        #expect(row.count == EstimateCommand.header.count)
        #expect(
            try EstimateCommand.total(.response(#"{"total": "0.06", "currency": "EUR", "provider": "lago"}"#))
                == "total 0.06 EUR, by lago"
        )
        #expect(try EstimateCommand.total(.response(#"{"total": null, "currency": null, "provider": "lago"}"#)) == nil)
    }

    private static func correction(_ outcomes: [String]) throws -> JSONValue {
        let destinations = outcomes.map {
            #"{"provider": "p", "outcome": "\#($0)", "correction": null, "reason": "r", "note": "check the invoice"}"#
        }
        return try .response(#"{"destinations": [\#(destinations.joined(separator: ","))]}"#)
    }

    @Test func `shows what a correction does at each vendor, and each note once`() throws {
        let correction = try Self.correction(["sent", "impossible"])
        #expect(CorrectionRows.rows(correction) == [["p", "sent", "-", "r"], ["p", "impossible", "-", "r"]])
        #expect(CorrectionRows.rows(correction)[0].count == CorrectionRows.header.count)
        #expect(CorrectionRows.notes(correction) == ["check the invoice"])
    }

    @Test(arguments: [([], false), (["impossible"], false), (["impossible", "sent"], true), (["sent"], true)])
    func `fails only where the event can be corrected nowhere`(outcomes: [String], isPossible: Bool) throws {
        #expect(try CorrectionRows.isPossible(Self.correction(outcomes)) == isPossible)
    }

    @Test func `orders a correction with all that was said`() throws {
        let order = try CorrectionOptions.parse([
            "e1", "--reason", "typing \"error\"", "--aggregate", "sum", "--property", "units", "--subscription-id", "s",
            "--dry-run",
        ])
        #expect(
            String(decoding: order.body(#"{"units": 4}"#), as: UTF8.self)
                == #"{"reason":"typing \"error\"","properties":{"units": 4},"aggregate":"sum","property":"units","#
                + #""subscription_id":"s","dry_run":true}"#
        )
        let least = try CorrectionOptions.parse(["e1", "--reason", "r"])
        #expect(String(decoding: least.body(nil), as: UTF8.self) == #"{"reason":"r"}"#)
    }
}
