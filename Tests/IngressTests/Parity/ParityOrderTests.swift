import Events
import JSON
import Parity
import Routing
import Testing

@testable import Ingress

/// What bodies of requests for comparisons mean.
@Suite struct ParityOrderTests {
    private static let times = #""from": "2026-11-01T00:00:00Z", "until": 1796083200"#

    private func order(_ members: String) throws -> ParityOrder {
        try ParityOrder(parsing: Array("{\(members)}".utf8))
    }

    private func detail(_ parse: () throws -> some Any) -> String {
        do {
            _ = try parse()
            return "no problem"
        } catch let problem as Problem {
            return problem.kind == "bad-body" || problem.kind == "bad-parameter" ? problem.detail : problem.kind
        } catch {
            return "\(error)"
        }
    }

    @Test func `reads an order with the defaults of everything that it does not say`() throws {
        let order = try order(#"\#(Self.times), "providers": ["lago", "polar"]"#)
        #expect(order.window.from.rfc3339 == "2026-11-01T00:00:00.000Z")
        #expect(order.window.until.rfc3339 == "2026-12-01T00:00:00.000Z")
        #expect(order.providers == ["lago", "polar"])
        #expect(order.level == .full)
        #expect(order.sample == ParityOrder.standardSample)
    }

    @Test(arguments: ParityLevel.allCases.filter { $0 != .usage })
    func `reads each level, and a sample`(level: ParityLevel) throws {
        let order = try order(#"\#(Self.times), "providers": ["p"], "level": "\#(level.rawValue)", "sample": 0"#)
        #expect((order.level, order.sample) == (level, 0))
    }

    @Test(arguments: ParityLevel.allCases.filter { $0 != .usage })
    func `takes the providers from a migration, unless they are named`(level: ParityLevel) throws {
        let migrations = try BackfillEndpointTests.migrating().migrations
        func order(_ members: String) throws -> ParityOrder {
            let body = #"{\#(Self.times), "migration": "move", "level": "\#(level.rawValue)"\#(members)}"#
            return try ParityOrder(parsing: Array(body.utf8), migrations: migrations)
        }
        #expect(try order("").providers == ["old", "p"])
        #expect(try order(#", "providers": ["p"]"#).providers == ["p"])
        #expect(try order("").metrics == nil)
    }

    @Test func `compares usage by metrics, and nothing else by them`() throws {
        let metrics = #""metrics": {"api": {"aggregate": "sum", "property": "units", "p": "m"}}"#
        let start = #"\#(Self.times), "providers": ["p"]"#
        let order = try order(#"\#(start), "level": "usage", \#(metrics)"#)
        #expect(order.level == .usage && order.metrics?["api"]?.ids == ["p": "m"])
        #expect(detail { try self.order(#"\#(start), "level": "usage""#) }.contains("needs \"metrics\" or"))
        #expect(detail { try self.order(#"\#(start), \#(metrics)"#) }.contains("\"metrics\" are for the level usage"))
        let wrong = #""metrics": {"api": {"aggregate": "mean"}}"#
        #expect(
            detail { try self.order(#"\#(start), "level": "usage", \#(wrong)"#) }.contains("unknown aggregate \"mean\"")
        )
    }

    @Test(arguments: [
        (#""providers": ["p"]"#, #""from" and "until" are required"#),
        (#""from": 2, "until": 1, "providers": ["p"]"#, #""until" must be after "from""#),
        (#""from": 1, "until": 1, "providers": ["p"]"#, #""until" must be after "from""#),
        (times, #""providers" must name at least one provider, or "migration" a migration"#),
        (#"\#(times), "providers": []"#, "must be an array of 1 to 64 strings"),
        (#"\#(times), "providers": "p""#, "must be an array of 1 to 64 strings"),
        (#"\#(times), "providers": [1]"#, "must be an array of 1 to 64 strings"),
        (#"\#(times), "providers": ["p", "p"]"#, "names a provider twice"),
        (#"\#(times), "providers": ["p"], "level": "half""#, "level"),
        (#"\#(times), "providers": ["p"], "level": 1"#, "must be a string"),
        (#"\#(times), "providers": ["p"], "sample": -1"#, "from 0 to 1000000"),
        (#"\#(times), "providers": ["p"], "sample": 1000001"#, "from 0 to 1000000"),
        (#"\#(times), "providers": ["p"], "sample": 1e400"#, "from 0 to 1000000"),
        (#"\#(times), "provider": ["p"]"#, #"did you mean "providers"?"#),
        (#""from": true"#, "must be a timestamp"), (#""from": "yesterday""#, "from"),
    ])
    func `says what is wrong with an order`(members: String, words: String) {
        let detail = detail { try order(members) }
        #expect(detail.contains(words), "\(detail)")
    }

    @Test(arguments: ["", "[]", "1", "{", #"{"from" "x"}"#])
    func `refuses what is no object`(body: String) {
        #expect(detail { try ParityOrder(parsing: Array(body.utf8)) }.contains("the body"))
        #expect(detail { try ParityResolution(Array(body.utf8)) }.contains("the body"))
    }

    private func resolution(_ members: String) throws -> ParityResolution {
        try ParityResolution(Array("{\(members)}".utf8))
    }

    @Test func `reads which events to send again`() throws {
        let body = #""action": "resend", "provider": "polar", "name": "n", "customer_id": "c""#
        for (member, isMeantDry) in [("", false), (#", "dry_run": true"#, true), (#", "dry_run": false"#, false)] {
            guard case .resend(let filter, let isDryRun) = try resolution(body + member) else {
                Issue.record("it is another resolution")
                return
            }
            #expect(filter == FindingFilter(provider: "polar", customerID: "c", name: "n"))
            #expect(isDryRun == isMeantDry)
        }
    }

    @Test func `reads which cause to accept, with the reason cut to 500 characters`() throws {
        let reason = String(repeating: "a", count: 501)
        let body = #""action": "accept", "cause": "foreign", "reason": "\#(reason)", "until": 1"#
        guard case .accept(let filter, let cause, let kept, let until) = try resolution(body) else {
            Issue.record("it is another resolution")
            return
        }
        #expect(filter == FindingFilter(cause: .foreign))
        #expect(cause == .foreign)
        #expect(kept == String(reason.dropLast()))
        #expect(until == Timestamp(milliseconds: 1000))
    }

    @Test(arguments: [
        ("", #""action" must be resend or accept"#), (#""action": "forget""#, #""action" must be resend or accept"#),
        (#""action": "resend", "cause": "foreign""#, "only findings with the cause lost_after_accept"),
        (#""action": "resend", "dry_run": "yes""#, #""dry_run" must be true or false"#),
        (#""action": "accept", "cause": "foreign", "reason": "r", "until": 1, "dry_run": true"#, "is for"),
        (#""action": "accept", "cause": "foreign", "until": 1"#, #"name "cause", "reason" and "until""#),
        (#""action": "accept", "reason": "r", "until": 1"#, #"name "cause", "reason" and "until""#),
        (#""action": "accept", "cause": "foreign", "reason": "r""#, #"name "cause", "reason" and "until""#),
        (#""action": "accept", "cause": "foreign", "reason": """#, "must be a string that is not empty"),
        (#""action": "accept", "cause": "foreign", "reason": "r", "until": 1, "customer_id": "c""#, "not by customer"),
        (#""action": "accept", "cause": "forein""#, "cause"), (#""acton": "resend""#, #"did you mean "action"?"#),
    ])
    func `says what is wrong with a resolution`(members: String, words: String) {
        let detail = detail { try resolution(members) }
        #expect(detail.contains(words), "\(detail)")
    }
}
