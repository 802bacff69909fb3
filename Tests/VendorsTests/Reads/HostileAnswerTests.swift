import Events
import JSON
import TestSupport
import Testing
import Vendors

/// Answers that are not what a vendor is known to send: none is taken for a result, and none ends the process.
@Suite struct HostileAnswerTests {
    @Test(arguments: VendorQuestion.all)
    func `an answer that is understood is one`(question: VendorQuestion) throws {
        #expect(try question.ending(question.answer) == .done)
    }

    @Test(arguments: VendorQuestion.all)
    func `an answer cut at any byte is no answer`(question: VendorQuestion) throws {
        let bytes = Array(question.answer.utf8)
        for length in bytes.indices {
            #expect(try question.ending(Array(bytes[..<length])) == .failed(.vendorError), "\(length) bytes")
        }
    }

    @Test(arguments: VendorQuestion.all)
    func `what follows an answer makes it none, and so does one byte that is no UTF-8`(question: VendorQuestion) throws
    {
        let bytes = Array(question.answer.utf8)
        for more in [Array(question.answer.utf8), Array("}".utf8), Array("<html>".utf8), [0]] {
            #expect(try question.ending(bytes + more) == .failed(.vendorError))
        }
        let quote = try #require(bytes.firstIndex(of: UInt8(ascii: "\"")))
        var broken = bytes
        broken.insert(0xFF, at: quote + 1)
        #expect(try question.ending(broken) == .failed(.vendorError))
    }

    /// A success without the body that belongs to it, and the root of another kind.
    @Test(
        arguments: VendorQuestion.all,
        ["", " ", "null", "true", "0", "\"ok\"", "[]", "[{}]", "{}", "<!DOCTYPE html>", "OK", "\u{FEFF}{}"]
    )
    func `a body of another kind is no answer`(question: VendorQuestion, body: String) throws {
        #expect(try question.ending(body) == .failed(.vendorError))
    }

    /// Every value in its turn is replaced by one of each kind.
    @Test(arguments: VendorQuestion.all)
    func `a value of any kind at any place is read or refused`(question: VendorQuestion) throws {
        let document = try JSONDocument(parsing: Array(question.answer.utf8))
        for index in document.nodes.indices {
            let range = JSONValue(document: document, index: index).byteRange
            for value in ["null", "true", "-1", "1.5", "1e999", "\"\"", "\"2026-03-01\"", "[]", "[[]]", "{}"] {
                var body = document.bytes
                body.replaceSubrange(range, with: Array(value.utf8))
                let ending = try question.ending(body)
                #expect(ending == .done || ending == .failed(.vendorError) || ending == .asks, "\(index): \(value)")
            }
        }
    }

    /// The members without which an answer says nothing, each with what does not do in its place.
    static let needed: [(question: String, member: String, others: [String])] = [
        ("lago: find", #""transaction_id":"t""#, [#""transaction_id":7"#, #""transaction_id":null"#, #""x":"t""#]),
        ("lago: list", #""timestamp":"2026-03-01T00:00:00.000Z""#, [#""timestamp":"soon""#, #""timestamp":{}"#]),
        ("lago: list", #""code":"n""#, [#""code":7"#, #""code":null"#]),
        ("lago: count", #""total_count":1"#, [#""total_count":-1"#, #""total_count":"1""#, #""total_count":1.5"#]),
        ("lago: window", #""total_count":9"#, [#""total_count":9223372036854775808"#, #""total_count":null"#]),
        ("lago: estimate", #""amount_cents":5"#, [#""amount_cents":"5""#, #""amount_cents":5.5"#, #""x":5"#]),
        ("lago: estimate", #""amount_currency":"EUR""#, [#""amount_currency":null"#, #""amount_currency":[]"#]),
        ("lago: usage", #""units":"1.0""#, [#""units":"many""#, #""units":null"#, #""units":"NaN""#]),
        ("lago: usage", #""to_datetime":"2026-03-31T23:59:59Z""#, [#""to_datetime":"2026-02-01T00:00:00Z""#]),
        ("lago: catalogue", #""code":"n""#, [#""code":null"#, #""code":1"#]),
        ("lago: customers", #""external_id":"c""#, [#""external_id":null"#, #""external_id":5"#]),
        ("lago: subscriptions", #""external_id":"s""#, [#""external_id":null"#]),
        ("lago: customer", #"{"external_id":"c"}"#, ["null", "[]", "\"c\""]),
        ("polar: list", #""max_page":1"#, [#""max_page":"1""#, #""max_page":1.5"#, #""max_page":null"#]),
        ("polar: count", #""total_count":1"#, [#""total_count":-1"#, #""total_count":null"#, #""total_count":1e0"#]),
        ("polar: window", #""id":"7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11""#, [#""id":null"#, #""id":7"#]),
        ("polar: names", #""occurrences":2"#, [#""occurrences":"2""#, #""occurrences":2.5"#]),
        (
            "polar: names", #""first_seen":"2026-03-01T00:00:00Z""#,
            [#""first_seen":null"#, #""first_seen":1772323200"#]
        ),
        ("polar: sums", #""quantity":1.5"#, [#""quantity":"1.5""#, #""quantity":null"#]),
        ("polar: usage", #""consumed_units":1.5"#, [#""consumed_units":"1.5""#, #""consumed_units":null"#]),
        ("polar: usage", #""customer":{}"#, [#""customer":null"#, #""customer":"c""#]),
        ("polar: catalogue", #""id":"m""#, [#""id":null"#]), ("polar: subscriptions", #""id":"s""#, [#""id":7"#]),
        (
            "polar: resend", #""inserted":1"#,
            [#""inserted":2"#, #""inserted":-1"#, #""inserted":"1""#, #""inserted":0"#]
        ),
        ("flexprice: find", #""id":"e""#, [#""id":null"#, #""id":7"#]),
        ("flexprice: list", #""timestamp":"2026-03-01T00:00:00Z""#, [#""timestamp":1772323200"#, #""x":"""#]),
        ("flexprice: window", #""event_name":"n""#, [#""event_name":null"#]),
        ("flexprice: usage", #""total_usage":"1""#, [#""total_usage":"one""#, #""total_usage":null"#, #""x":"1""#]),
        ("flexprice: usage", #""feature_id":"f""#, [#""feature_id":null"#, #""feature_id":1"#]),
        ("flexprice: catalogue", #""meter":{"event_name":"n"}"#, [#""meter":null"#, #""meter":"m""#, #""x":{}"#]),
        ("flexprice: subscriptions", #""id":"s""#, [#""id":null"#]),
    ]

    @Test(arguments: needed)
    func `an answer without what it must say is none`(name: String, member: String, others: [String]) throws {
        let question = try #require(VendorQuestion.all.first { $0.testDescription == name })
        #expect(question.answer.contains(member), "the table names a member that the answer does not have")
        for other in others {
            #expect(
                try question.ending(question.answer.replacing(member, with: other)) == .failed(.vendorError),
                "\(other)"
            )
        }
    }

    /// A list of one event that is good and one that is not tells nothing: what is left would look complete.
    @Test(arguments: VendorQuestion.all)
    func `one item that is not understood spoils its page`(question: VendorQuestion) throws {
        // Customers need no id of the application's, and only metered features are read.
        let lenient = ["polar: customers", "flexprice: customers", "flexprice: catalogue"]
        guard !lenient.contains(question.testDescription), question.answer.contains("[{") else { return }
        let body = question.answer.replacing("[{", with: #"[{"x":1},{"#, maxReplacements: 1)
        #expect(try question.ending(body) == .failed(.vendorError))
    }

    @Test(arguments: VendorQuestion.all)
    func `numbers at the ends of what a computer holds are read or refused`(question: VendorQuestion) throws {
        let document = try JSONDocument(parsing: Array(question.answer.utf8))
        for index in document.nodes.indices {
            let value = JSONValue(document: document, index: index)
            guard value.kind == .number || value.kind == .null else { continue }
            for number in ExtremeNumbers.json {
                var body = document.bytes
                body.replaceSubrange(value.byteRange, with: Array(number.utf8))
                let ending = try question.ending(body)
                #expect(ending == .done || ending == .failed(.vendorError) || ending == .asks, "\(number)")
            }
        }
    }
}
