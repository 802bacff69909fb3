import Events
import JSON
import Testing

@testable import Vendors

/// The members of a vendor's object that have no place in the canonical event.
@Suite struct OwnFieldsTests {
    private func picked(_ names: [String], _ json: String) throws -> String? {
        OwnFields.picked(names, from: try JSONDocument(parsing: Array(json.utf8)).root)?.description
    }

    @Test(
        arguments: [
            (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#), (#"{"a":"","b":null}"#, nil), (#"{"c":1}"#, nil), ("{}", nil),
            (#"{"a":0,"b":false}"#, #"{"b":false,"a":0}"#), (#"{"a":[],"b":{}}"#, #"{"b":{},"a":[]}"#),
            (#"{"a":" ","b":"x"}"#, #"{"b":"x","a":" "}"#), (#"{"a":1.50}"#, #"{"a":1.50}"#), ("[1]", nil), ("7", nil),
            (#"{"a":"\u00e9"}"#, #"{"a":"\u00e9"}"#),
        ] as [(String, String?)]
    )
    func `what says something is kept byte for byte, in the order of the names`(json: String, own: String?) throws {
        #expect(try picked(["b", "a"], json) == own)
    }

    @Test(
        arguments: [
            (#"{"a":1}"#, #"{"a":1}"#), ("{}", "{}"), (#"{"a":1,"a":2}"#, #"{"a":2}"#), ("null", nil), ("[]", nil),
            (#""{}""#, nil), ("7", nil),
        ] as [(String, String?)]
    )
    func `properties are an object or none`(json: String, properties: String?) throws {
        let value = try JSONDocument(parsing: Array(json.utf8)).root
        #expect(OwnFields.properties(value)?.description == properties)
    }

    @Test func `there are none where there is no member`() {
        #expect(OwnFields.properties(nil) == nil)
    }
}

/// Why a question has no answer, by the status alone.
@Suite struct ReadAnswerTests {
    @Test(arguments: [
        (200...200, DeliveryErrorCode.vendorError), (201...299, .vendorError), (300...399, .notFound),
        (400...400, .invalidEvent), (401...401, .unauthorized), (402...403, .forbidden), (404...405, .notFound),
        (406...407, .invalidEvent), (408...408, .timeout), (409...409, .invalidEvent), (410...410, .notFound),
        (411...428, .invalidEvent), (429...429, .rateLimited), (430...499, .invalidEvent), (500...500, .vendorError),
        (501...600, .vendorUnavailable),
    ])
    func `names the fault by its status`(statuses: ClosedRange<Int>, code: DeliveryErrorCode) {
        for status in statuses {
            let answer = ReadAnswer(vendor: "Acme", answer: VendorAnswer(status: status, body: Array("<html>".utf8)))
            guard case .failure(let fault) = answer.document else {
                Issue.record("\(status) has a document")
                continue
            }
            #expect(fault.code == code, "\(status)")
            #expect(fault.message.hasPrefix("Acme (\(status)) ") && fault.vendor == "a page of HTML or XML")
        }
    }

    /// A document under another status is none: 202 and 206 do not hold the whole answer.
    @Test(arguments: [201, 202, 204, 206, 226, 100, 0, -1])
    func `only 200 has a document`(status: Int) {
        let answer = ReadAnswer(vendor: "Acme", answer: VendorAnswer(status: status, body: Array("{}".utf8)))
        guard case .failure = answer.document else {
            Issue.record("\(status) has a document")
            return
        }
    }
}
