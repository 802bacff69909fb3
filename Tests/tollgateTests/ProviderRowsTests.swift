import Testing

@testable import tollgate

/// The table of `tollgate providers`.
@Suite struct ProviderRowsTests {
    private func state(_ members: String) throws -> String {
        ListProvidersCommand.state(try .response("{\(members)}"))
    }

    @Test func `has a column for each title`() throws {
        let row = try ListProvidersCommand.row(
            .response(
                #"""
                {"name": "polar", "adapter": "polar", "circuit": "closed", "backlog": {"events": 12, "age_seconds": 1.5},
                 "since_start": {"delivered": 1, "retried": 2, "rejected": 3, "deduplicated": 4},
                 "passed": {"requests": 5, "errors": 6, "latency_ms_p99": 7},
                 "last_error": {"code": "timeout", "message": "no response"}}
                """#
            )
        )
        #expect(
            row == [
                "polar", "polar", "circuit closed", "12", "1.5 s", "1", "2", "3", "4", "5", "6", "7 ms", "no response",
            ]
        )
        #expect(row.count == ListProvidersCommand.header.count)
    }

    @Test func `shows a dash for what is not known, without a unit`() throws {
        let row = try ListProvidersCommand.row(.response(#"{"name": "p", "adapter": "a", "backlog": null}"#))
        #expect(row == ["p", "a", "starting"] + Array(repeating: "-", count: 10))
        let idle = try ListProvidersCommand.row(.response(#"{"backlog": {"events": 0, "age_seconds": null}}"#))
        #expect(idle[3...4] == ["0", "-"])
    }

    /// Each state with all that rank below it.
    @Test func `shows the state that keeps deliveries back first`() throws {
        let circuit = #""circuit": "open", "circuit_open_since": "t1""#
        let other = #""gateway": {"name": "node-2", "detail": "circuit open"}, \#(circuit)"#
        let paused = #""held_until": "t2", \#(other)"#
        let parked = #""parked": true, "parked_since": "t3", \#(paused)"#
        let held = #""operator_hold": {"until": "t4", "client": "ops"}, \#(parked)"#
        #expect(try state(circuit) == "circuit open since t1")
        #expect(try state(other) == "circuit open (at gateway node-2)")
        #expect(try state(paused) == "paused by the vendor until t2")
        #expect(try state(parked) == "parked since t3")
        #expect(try state(#""parked": true"#) == "parked")
        #expect(try state(held) == "held until t4 by ops")
        #expect(try state(#""gateway": {"name": "node-2"}"#) == "unknown (at gateway node-2)")
        #expect(try state(#""circuit": "closed", "operator_hold": null, "parked": false"#) == "circuit closed")
    }
}
