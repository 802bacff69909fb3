import JSON
import Testing

@testable import tollgate

/// What `tollgate providers watched` prints.
@Suite struct WatchedProvidersTests {
    private static func text(_ providers: String) throws -> String {
        WatchedProvidersCommand.text(of: try JSONDocument(parsing: Array(#"{"providers": [\#(providers)]}"#.utf8)).root)
    }

    @Test func `shows what was read back, canaries, and the lost events`() throws {
        let text = try Self.text(
            #"""
            {"name": "polar", "verify": {"sample": "1/2000", "checked_up_to": "2026-12-22T12:00:00.000Z", "waiting": 3,
              "verified_24h": 41, "different_24h": 1, "missing": 1, "accepted": 0, "last_error": null,
              "lost": [{"event_id": "evt-1", "name": "api", "delivered_at": "2026-12-22T11:00:00.000Z",
                        "found_at": "2026-12-22T11:30:00.000Z"}]},
             "canary": {"every_ms": 600000, "visible_at": null, "lag_ms_p50": null, "lag_ms_p99": 1200, "alarm":
              {"since": "2026-12-22T11:30:00.000Z", "reason": "it was not shown by polar"}}},
            {"name": "knetik", "verify": null, "canary": null}
            """#
        )
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        #expect(
            lines == [
                "PROVIDER SAMPLE VERIFIED 24 H DIFFERENT LOST WAITING CHECKED UP TO LAST ERROR",
                "polar 1/2000 41 1 1 3 2026-12-22T12:00:00.000Z -", "",
                "PROVIDER CANARY VISIBLE LAG P50 LAG P99 ALARM", "polar never - 1200 ms it was not shown by polar", "",
                "lost at polar: evt-1 (api), delivered at 2026-12-22T11:00:00.000Z",
            ]
        )
    }

    @Test func `says so where nothing is watched`() throws {
        #expect(
            try Self.text(#"{"name": "p", "verify": null, "canary": null}"#)
                == "no provider has verify or canary in routes.json"
        )
    }

    @Test func `lets no event forge the loss of another`() throws {
        let text = try Self.text(
            #"""
            {"name": "polar", "verify": {"sample": "1/1", "lost": [{"event_id": "e\nlost at lago: e2 (api), delivered at t",
             "name": "n", "delivered_at": "t"}]}}
            """#
        )
        #expect(text.split(separator: "\n").count { $0.hasPrefix("lost at") } == 1)
    }
}
