import ArgumentParser
import Testing

@testable import tollgate

/// The table of `tollgate log`, and its filter.
@Suite struct LogTextTests {
    @Test func `shows an entry with its details in one column`() throws {
        let row = try LogCommand.row(
            .response(
                #"""
                {"at": "t", "category": "administration", "action": "deliveries: discard", "actor": "ops", "key_id": "k",
                 "remote_address": "127.0.0.1", "details": {"changed": "3", "filter": "provider=polar"}}
                """#
            )
        )
        #expect(
            row == [
                "t", "administration", "deliveries: discard", "ops", "k", "127.0.0.1",
                "changed=3 filter=provider=polar",
            ]
        )
        #expect(row.count == LogCommand.header.count)
    }

    @Test func `shows a dash for what an entry does not have`() throws {
        #expect(
            try LogCommand.row(.response(#"{"at": "t", "category": "session", "action": "a", "key_id": null}"#))
                == ["t", "session", "a", "-", "-", "-", ""]
        )
    }

    @Test func `passes every filter on by the API's name`() throws {
        let log = try LogCommand.parse([
            "--category", "refused,session", "--actor", "a b", "--action", "x", "--tenant", "t", "--request-id", "r",
            "--from", "f", "--until", "u", "--limit", "5", "--cursor", "c",
        ])
        #expect(
            log.parameters.appended(to: "/v1/log")
                == "/v1/log?category=refused,session&actor=a%20b&action=x&tenant=t&request_id=r&from=f&until=u&limit=5&cursor=c"
        )
        #expect(try LogCommand.parse([]).parameters.appended(to: "") == "?limit=100")
    }
}
