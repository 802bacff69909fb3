import Testing

@testable import Sandbox

/// What is put to `/sandbox/{vendor}/faults`.
@Suite struct FaultsReadingTests {
    private func read(_ json: String) throws -> Faults { try Faults(SandboxJSON(json.utf8) ?? nil) }

    private static let probabilities = [
        "hang", "hang_after", "reset_before", "reset_after", "garbage", "noise", "truncate", "stall", "wrong_type",
    ]

    @Test func `every field has its own place`() throws {
        var expected = Faults()
        (expected.latency, expected.hang, expected.hangAfter) = (5...9, 0.01, 0.02)
        (expected.resetBefore, expected.resetAfter, expected.status) = (0.03, 0.04, [503: 0.5, 429: 0.25])
        (expected.statusAfter, expected.garbage, expected.noise) = ([500: 1], 0.05, 0.06)
        (expected.truncate, expected.stall, expected.wrongType) = (0.07, 0.08, 0.09)
        (expected.poison, expected.poisonStatus, expected.retryAfter) = (["a", ""], 403, "soon")
        (expected.times, expected.seed) = (3, 7)
        let faults = try read(
            #"""
            {"latency_ms":[5,9],"hang":0.01,"hang_after":0.02,"reset_before":0.03,"reset_after":0.04,
             "status":{"503":0.5,"429":0.25},"status_after":{"500":1},"garbage":0.05,"noise":0.06,"truncate":0.07,
             "stall":0.08,"wrong_type":0.09,"poison":["a",""],"poison_status":403,"retry_after":"soon","times":3,"seed":7}
            """#
        )
        #expect(faults == expected)
        #expect(try read("{}") == Faults())
    }

    @Test(arguments: probabilities)
    func `a probability lies from 0 to 1`(name: String) throws {
        for good in ["0", "1", "0.5", "1e-300", "0.0", "-0"] { _ = try read(#"{"\#(name)":\#(good)}"#) }
        for bad in ["-0.1", "1.0000001", "2", "1e400", #""0.5""#, "null", "true", "[]"] {
            let error = #expect(throws: BadControl.self) { try read(#"{"\#(name)":\#(bad)}"#) }
            #expect(error?.reason == "\(name) must be a probability from 0 to 1", "\(bad)")
        }
    }

    @Test(arguments: [
        (#"{"latency_ms":[5,2]}"#, "latency_ms must be [least, most], at most 3600000"),
        (#"{"latency_ms":[-1,2]}"#, "latency_ms must be [least, most], at most 3600000"),
        (#"{"latency_ms":[0,3600001]}"#, "latency_ms must be [least, most], at most 3600000"),
        (#"{"latency_ms":[1]}"#, "latency_ms must be [least, most], at most 3600000"),
        (#"{"latency_ms":[1,2,3]}"#, "latency_ms must be [least, most], at most 3600000"),
        (#"{"latency_ms":5}"#, "latency_ms must be [least, most], at most 3600000"),
        (#"{"status":503}"#, "status must give a probability for each status"),
        (#"{"status":{"199":0.1}}"#, #""199" in status is not a response status"#),
        (#"{"status_after":{"600":0.1}}"#, #""600" in status_after is not a response status"#),
        (#"{"status":{"teapot":0.1}}"#, #""teapot" in status is not a response status"#),
        (#"{"status":{"503":2}}"#, "status must be a probability from 0 to 1"),
        (#"{"status":{"503":0.6,"500":0.5}}"#, "the probabilities of status add up to more than 1"),
        (#"{"poison":"a"}"#, "poison must be a list of ids"),
        (#"{"poison_status":600}"#, "poison_status must be a status from 200 to 599"),
        (#"{"poison_status":"500"}"#, "poison_status must be an integer"),
        (#"{"retry_after":-1}"#, "retry_after must be whole seconds or the header's text"),
        (#"{"retry_after":1.5}"#, "retry_after must be whole seconds or the header's text"),
        (#"{"retry_after":null}"#, "retry_after must be whole seconds or the header's text"),
        (#"{"times":-1}"#, "times must be an integer"), (#"{"times":1.5}"#, "times must be an integer"),
        (#"{"seed":9223372036854775808}"#, "seed must be an integer"), ("[]", "the body must be a JSON object"),
        ("7", "the body must be a JSON object"),
    ])
    func `a bad field is named with what it takes`(json: String, reason: String) {
        let error = #expect(throws: BadControl.self) { try read(json) }
        #expect(error?.reason == reason)
    }

    @Test(arguments: [
        (#"{"status":{"200":0.1,"599":0.9}}"#), (#"{"status":{"500":0.1,"501":0.2,"502":0.3,"503":0.4}}"#),
        (#"{"latency_ms":[3600000,3600000]}"#), (#"{"retry_after":0}"#), (#"{"retry_after":""}"#), (#"{"times":0}"#),
        (#"{"seed":9223372036854775807}"#), (#"{"poison":[]}"#), (#"{"poison_status":200}"#),
    ])
    func `the ends of what a field takes are taken`(json: String) throws {
        _ = try read(json)
    }

    @Test func `an unknown field is told what there is`() {
        let error = #expect(throws: BadControl.self) { try read(#"{"latency":[1,2]}"#) }
        #expect(
            error?.reason
                == #"unknown fault "latency"; there are "# + Self.probabilities.joined(separator: ", ")
                + ", latency_ms, status, status_after, poison, poison_status, retry_after, times, seed"
        )
    }
}
