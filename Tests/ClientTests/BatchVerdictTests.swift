import JSON
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
