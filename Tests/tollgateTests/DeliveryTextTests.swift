import ArgumentParser
import JSON
import Testing

@testable import tollgate

/// What `tollgate deliveries` orders and prints.
@Suite struct DeliveryTextTests {
    private func body(_ arguments: [String]) throws -> String {
        String(decoding: try DeliveryOrder.parse(arguments).body, as: UTF8.self)
    }

    @Test func `orders by ids, by a filter, or for all`() throws {
        #expect(try body(["e1", "e2"]) == #"{"ids":["e1","e2"]}"#)
        #expect(
            try body(["--provider", "polar", "--status", "uncertain", "--dry-run"])
                == #"{"filter":{"provider":["polar"],"status":["uncertain"]},"dry_run":true}"#
        )
        #expect(try body(["--all"]) == #"{"all":true}"#)
        // The gateway refuses what says nothing; the command does not make it everything.
        #expect(try body([]) == "{}")
    }

    @Test func `says what was not changed, and what to do about it`() throws {
        let count = try JSONValue.response(
            #"{"changed": 5, "translatable": 2, "untranslatable": 1, "busy": 3, "uncertain": 4}"#
        )
        let rest = [
            "3 are in flight and were not changed; run the command again later",
            "4 are uncertain and were not changed; --status uncertain retries them",
        ]
        #expect(
            DeliveryOrder.remarks(count, isDryRun: false)
                == ["2 can be translated now; 1 cannot and will be rejected again"] + rest
        )
        #expect(
            DeliveryOrder.remarks(count, isDryRun: true)
                == ["2 can be translated now; 1 cannot and would be rejected again"] + rest
        )
    }

    @Test(arguments: ["{}", #"{"changed": 5, "translatable": 9, "untranslatable": 0, "busy": 0, "uncertain": 0}"#])
    func `has no remark where all was changed`(count: String) throws {
        #expect(try DeliveryOrder.remarks(.response(count), isDryRun: false) == [])
    }

    @Test func `shows a group with an example`() throws {
        let row = try DeliveryGroupsCommand.row(
            .response(
                #"""
                {"count": 7, "provider": "lago", "status": "rejected", "error_code": null, "name": "api",
                 "first_accepted_at": "t1", "last_accepted_at": "t2", "example": {"event_id": "e1", "message": "m"}}
                """#
            )
        )
        #expect(row == ["7", "lago", "rejected", "-", "api", "t1", "t2", "e1", "m"])
        #expect(row.count == DeliveryGroupsCommand.header.count)
        #expect(try DeliveryGroupsCommand.row(.response(#"{"count": 1}"#)).count == row.count)
    }

    @Test func `says what a table of groups lacks`() throws {
        func remarks(_ list: String) throws -> [String] { try DeliveryGroupsCommand.remarks(.response(list)) }
        #expect(try remarks(#"{"other": 0, "next_cursor": null}"#) == [])
        #expect(
            try remarks(#"{"other": 12, "next_cursor": "c7", "counted_until": "t"}"#) == [
                "12 deliveries are in further groups; use filters to see them",
                "counted up to events accepted at t; for the rest: --cursor c7",
            ]
        )
        #expect(
            try remarks(#"{"next_cursor": "c7"}"#)
                == ["counted up to events accepted at an earlier event; for the rest: --cursor c7"]
        )
    }
}
