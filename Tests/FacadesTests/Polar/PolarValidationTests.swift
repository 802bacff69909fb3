import Events
import Foundation
import JSON
import Testing

/// Refusals compared with those of a model with Polar's fields, recorded under pydantic 2.13.4 and FastAPI.
@Suite struct PolarValidationTests {
    struct Recorded: Sendable, CustomTestStringConvertible {
        let line: Int
        let body: String?
        let contentType: String?
        let query: [(String, String)]
        let answer: String

        var testDescription: String { "\(line): \(body?.prefix(80) ?? "\(query)")" }
    }

    private static func recorded(_ name: String) -> [Recorded] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorded/\(name).jsonl")
        guard let bytes = FileManager.default.contents(atPath: file.path) else {
            preconditionFailure("\(name) is gone")
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        return lines.enumerated().map { number, line in
            guard let document = document(Array(line)), let answer = document.root["answer"] else {
                preconditionFailure("\(name):\(number + 1) is damaged")
            }
            let pairs = document.root["query"]?.elements.map { Array($0.elements).map { $0.string ?? "" } } ?? []
            return Recorded(
                line: number + 1,
                body: document.root["body"]?.string,
                contentType: document.root["content_type"]?.string,
                query: pairs.map { ($0[0], $0[1]) },
                answer: String(decoding: answer.raw, as: UTF8.self)
            )
        }
    }

    private static func document(_ bytes: [UInt8]) -> JSONDocument? {
        do { return try JSONDocument(parsing: bytes) } catch { return nil }
    }

    @Test(arguments: recorded("ingest"))
    func `refuses a body in the model's words`(exchange: Recorded) {
        var polar = DialectStage("polar")
        let body = exchange.body ?? ""
        let headers = [
            ("Content-Type", exchange.contentType ?? "application/json"), ("Content-Length", "\(body.utf8.count)"),
        ]
        let reply = polar.send("POST", "/events/ingest", body, headers: headers)
        #expect(reply.status == 422)
        #expect(reply.says(exchange.answer), "\(reply.text)\n\(exchange.answer)")
        #expect(polar.stored.isEmpty)
    }

    @Test(arguments: recorded("list"))
    func `refuses a query in the model's words`(exchange: Recorded) {
        var polar = DialectStage("polar")
        let reply = polar.send("GET", "/events/", query: exchange.query)
        #expect(reply.status == 422)
        #expect(reply.says(exchange.answer), "\(reply.text)\n\(exchange.answer)")
    }

    @Test(
        arguments: [
            ("\u{1}", 400, #"{"detail":"There was an error parsing the body"}"#)
        ]
    )
    func `says that bytes are no text`(_: String, status: Int, answer: String) {
        let request = DialectRequest(
            method: "POST",
            path: "/events/ingest",
            headers: [("Content-Type", "application/json"), ("Content-Length", "5")],
            body: [0x7B, 0x22, 0xFF, 0x22, 0x7D]
        )
        guard case .answer(let reply) = DialectStage("polar").dialect.call(for: request) else {
            Issue.record("nothing was refused")
            return
        }
        #expect(reply.status == status)
        #expect(String(decoding: reply.body, as: UTF8.self) == answer)
    }

    @Test(
        arguments: [
            (#"{"name":"","external_customer_id":"c"}"#, "string_too_short", "name"),
            (#"{"name":"n","external_customer_id":""}"#, "string_too_short", "external_customer_id"),
            (
                #"{"name":"n","external_customer_id":"\#(String(repeating: "c", count: 256))"}"#, "string_too_long",
                "external_customer_id"
            ),
            (
                #"{"name":"n","external_customer_id":"c","external_id":"\#(String(repeating: "i", count: 256))"}"#,
                "string_too_long", "external_id"
            ),
            (
                #"{"name":"n","external_customer_id":"c","metadata":{"\#(String(repeating: "k", count: 41))":1}}"#,
                "string_too_long", "[key]"
            ),
            (#"{"name":"n","external_customer_id":"c","metadata":{"a":1e400}}"#, "finite_number", "float"),
            (
                #"{"name":"n","external_customer_id":"c","metadata":{"_llm":{"vendor":"v","model":"m","input_tokens":1e400,"output_tokens":1,"total_tokens":1}}}"#,
                "finite_number", "input_tokens"
            ),
            (#"{"name":"n","external_customer_id":"c","external_id":"p","parent_id":"p"}"#, "value_error", "parent_id"),
            (
                #"{"name":"n","external_customer_id":"c","parent_id":"746f6c6c-6761-4000-8000-000000000009"}"#,
                "value_error", "parent_id"
            ),
            (
                #"{"name":"n","external_customer_id":"c","metadata":{\#((0...50).map { #""k\#($0)":1"# }.joined(separator: ","))}}"#,
                "too_long", "metadata"
            ),
        ]
    )
    func `refuses what would never be delivered`(event: String, type: String, last: String) throws {
        var polar = DialectStage("polar")
        let reply = polar.send("POST", "/events/ingest", #"{"events":[\#(event)]}"#)
        #expect(reply.status == 422)
        let details = try #require(reply.json?["detail"]).elements.filter { $0["type"]?.string == type }
        #expect(!details.isEmpty, "\(reply.text)")
        #expect(details.allSatisfy { Array($0["loc"]?.elements ?? $0.elements).last?.string == last }, "\(reply.text)")
    }

    @Test func `names no more faults than an answer can hold`() {
        var polar = DialectStage("polar")
        let events = [String](repeating: #"{"metadata":{"a":null,"b":null,"c":null}}"#, count: 20000)
        let reply = polar.send("POST", "/events/ingest", #"{"events":[\#(events.joined(separator: ","))]}"#)
        #expect(reply.status == 422)
        #expect(reply.text.utf8.count < 6 << 20)
        #expect(reply.json != nil)
    }
}
