import JSON
import TestSupport
import Testing

@testable import Client

@Suite struct BatchVerdictTests {
    private func response(_ status: Int, _ json: String, count: Int = 3) throws -> BatchVerdict.Response {
        let root = try JSONDocument(parsing: Array(json.utf8)).root
        return BatchVerdict.response(status: status, json: root, problem: "no", count: count)
    }

    @Test(arguments: [200, 202, 207])
    func `counts a result for each event`(status: Int) throws {
        let body = #"""
            {"events":[{"index":0,"status":"accepted"},{"index":1,"status":"duplicate"},
                       {"index":2,"status":"rejected","errors":[{"message":"a"},{"message":"b"}]}]}
            """#
        let expected = BatchVerdict(accepted: 1, duplicates: 1, refused: [2: "a; b"])
        #expect(try response(status, body) == .verdict(expected))
    }

    @Test(arguments: [400, 403, 409, 413, 422])
    func `sends again what a refusal does not name`(status: Int) throws {
        let body = #"{"errors":[{"index":1,"message":"a"},{"index":1,"message":"b"},{"index":99,"message":"c"}]}"#
        #expect(try response(status, body) == .verdict(BatchVerdict(refused: [1: "a; b"], again: [[0, 2]])))
    }

    @Test(arguments: [400, 409, 413, 422])
    func `halves a batch of which nothing is named, down to the event`(status: Int) throws {
        #expect(try response(status, "{}") == .verdict(BatchVerdict(again: [[0], [1, 2]])))
        #expect(
            try response(status, #"{"errors":[{"index":null,"message":"a"}]}"#, count: 1)
                == .verdict(BatchVerdict(refused: [0: "no"]))
        )
    }

    @Test(arguments: [401, 403, 404, 500, 502])
    func `stops where no event is to blame`(status: Int) throws {
        #expect(try response(status, "{}") == .stop("no"))
    }

    /// A confirmation that nobody gave would lose the event: the file counts as sent up to there, and the next run begins behind it.
    @Test(arguments: [
        "{}", "[]", "null", #"{"events":[]}"#, #"{"events":{}}"#, #"{"events":[{"index":0,"status":"accepted"}]}"#,
        #"{"events":[{"index":0,"status":"accepted"},{"index":0,"status":"accepted"},{"index":1,"status":"accepted"}]}"#,
        #"{"events":[{"index":0,"status":"accepted"},{"index":1,"status":"accepted"},{"index":2,"status":"later"}]}"#,
        #"{"events":[{"index":0,"status":"accepted"},{"index":1,"status":"accepted"},{"index":2}]}"#,
        #"{"events":[{"status":"accepted"},{"status":"accepted"},{"status":"accepted"}]}"#,
        #"{"events":[{"index":1,"status":"accepted"},{"index":2,"status":"accepted"},{"index":3,"status":"accepted"}]}"#,
        #"{"events":[{"index":-1,"status":"accepted"},{"index":0,"status":"accepted"},{"index":1,"status":"accepted"}]}"#,
        #"{"events":[{"index":"0","status":"accepted"},{"index":1,"status":"accepted"},{"index":2,"status":"accepted"}]}"#,
        #"{"events":["accepted","accepted","accepted"]}"#,
    ])
    func `stops at an answer that does not tell what became of each event`(body: String) throws {
        for status in [200, 202, 207] {
            #expect(try response(status, body) == .stop("the gateway's answer does not tell what became of each event"))
        }
    }

    @Test func `stops at an answer that is no JSON`() {
        #expect(
            BatchVerdict.response(status: 200, json: nil, problem: "no", count: 1)
                == .stop("the gateway's answer does not tell what became of each event")
        )
    }

    @Test func `takes results in any order`() throws {
        let body = #"""
            {"events":[{"index":2,"status":"duplicate"},{"index":0,"status":"rejected","errors":[{"message":"a"}]},
                       {"index":1,"status":"accepted"}]}
            """#
        #expect(try response(207, body) == .verdict(BatchVerdict(accepted: 1, duplicates: 1, refused: [0: "a"])))
    }

    /// The gateway lists the faults of the first hundred only.
    @Test(arguments: [#""errors":[]"#, #""errors":null"#, #""errors":[{"message":7},{}]"#, #""id":"e""#])
    func `says so where an event was refused without a reason`(rest: String) throws {
        let body = #"{"events":[{"index":0,"status":"rejected",\#(rest)}]}"#
        let expected = BatchVerdict(refused: [0: "the gateway refused the event and lists no reason"])
        #expect(try response(207, body, count: 1) == .verdict(expected))
    }

    @Test(arguments: ["-1", "3", "1.5", "1e0", "\"1\"", "null", "9223372036854775807", "9223372036854775808"])
    func `halves a batch where a refusal names no event of it`(index: String) throws {
        let body = #"{"errors":[{"index":\#(index),"message":"a"}]}"#
        #expect(try response(422, body) == .verdict(BatchVerdict(again: [[0], [1, 2]])))
    }

    @Test func `gives the problem as the reason of an event that is named without one`() throws {
        let body = #"{"errors":[{"index":0},{"index":0,"message":"a"},{"index":2,"message":null}]}"#
        let expected = BatchVerdict(refused: [0: "no; a", 2: "no"], again: [[1]])
        #expect(try response(422, body) == .verdict(expected))
    }

    /// A gateway that refuses whatever has a bad event in it, and names none, as one that cannot read a body does.
    @Test(arguments: 0..<20)
    func `finds exactly the bad events by halving`(round: Int) {
        var random = SeededRandom()
        for _ in 0..<round { _ = random.next() }
        let count = Int.random(in: 1...60, using: &random)
        let bad = Set((0..<count).filter { _ in Int.random(in: 0..<5, using: &random) == 0 })
        var (accepted, refused, waiting) = (Set<Int>(), Set<Int>(), [Array(0..<count)])
        while let batch = waiting.popLast() {
            guard !bad.isDisjoint(with: batch) else {
                accepted.formUnion(batch)
                continue
            }
            let response = BatchVerdict.response(status: 400, json: nil, problem: "no", count: batch.count)
            guard case .verdict(let verdict) = response else {
                Issue.record("\(response)")
                return
            }
            refused.formUnion(verdict.refused.keys.map { batch[$0] })
            waiting += verdict.again.map { indices in indices.map { batch[$0] } }
        }
        #expect(refused == bad, "seed \(SeededRandom.seed), round \(round)")
        #expect(accepted == Set(0..<count).subtracting(bad), "seed \(SeededRandom.seed), round \(round)")
    }

    @Test func `ends for any batch, whatever is refused`() throws {
        // Every event is refused, three named at a time: what is left gets smaller with each answer.
        var left = 10
        while left > 0 {
            let errors = (0..<min(3, left)).map { #"{"index":\#($0),"message":"x"}"# }.joined(separator: ",")
            guard case .verdict(let verdict) = try response(422, #"{"errors":[\#(errors)]}"#, count: left) else {
                return
            }
            let next = verdict.again.joined().count
            #expect(next == left - min(3, left))
            left = next
        }
    }
}
