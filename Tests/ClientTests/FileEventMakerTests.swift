import JSON
import Testing

@testable import Client

/// Events out of the values of a file, and the IDs that they are given.
@Suite struct FileEventMakerTests {
    private func items(_ texts: [String], source: String = "a", limit: Int = 1000) throws -> [EventFileReader.Item] {
        var maker = FileEventMaker(source: source, requiresIDs: false, largestBytes: limit)
        return try texts.enumerated().compactMap { line, text in
            maker.item(try JSONDocument(parsing: Array(text.utf8)).root, at: FilePosition(line: line + 1))
        }
    }

    private func json(_ texts: String..., source: String = "a") throws -> [String] {
        try items(texts, source: source).map { item in
            guard case .event(let event) = item else { return "\(item)" }
            return String(decoding: event.json, as: UTF8.self)
        }
    }

    /// The first 16 bytes of the SHA-256 of source, a zero byte and the event, as `sha256sum` gives them: a file that was sent by an
    /// earlier version must get the same IDs.
    @Test func `makes an ID of the source and the event's own bytes`() throws {
        #expect(
            try json(#"{"name":"a"}"#) == [#"{"id":"file-6d7e40be6530c90241bc49b933f669eb-0","name":"a"}"#]
        )
        #expect(
            try json(#"{ "name": "b" }"#, source: "/data/u.ndjson")
                == [#"{"id":"file-272437335d1fdf7a49c39c779a5861ba-0","name":"b"}"#]
        )
    }

    @Test func `counts what is equal byte for byte, wherever it stands`() throws {
        let found = try json(#"{"name":"a"}"#, #"{"name":"b"}"#, #"{"name":"a"}"#, #"{"name": "a"}"#, #"{"name":"a"}"#)
        let ids = found.map { $0.split(separator: "\"")[3] }
        #expect(ids.map { $0.suffix(2) } == ["-0", "-0", "-1", "-0", "-2"])
        #expect(ids[0].dropLast() == ids[2].dropLast() && ids[0].dropLast() != ids[3].dropLast())
    }

    @Test func `keeps every other member as it is written, in its order`() throws {
        let text = #"{"properties": {"n": 1.50, "é": "\u00e9"},"id" : null, "name":"a","i\u0064":null}"#
        let found = try json(text)
        #expect(found.count == 1)
        #expect(
            found[0].drop { $0 != "," }
                == #","properties":{"n": 1.50, "é": "\u00e9"},"name":"a"}"#
        )
    }

    @Test(arguments: [#"{"id":""}"#, #"{"id":7}"#, #"{"id":{}}"#, #"{"id":false}"#])
    func `leaves an ID that is no good one to the gateway, which says so`(text: String) throws {
        #expect(try json(text) == [text])
    }

    @Test(arguments: [
        #"{"event": {"id":"c","specversion":"1.0"}}"#, #"{"event": {"id":"c"}, "ingestedAt": "t", "id": "o"}"#,
        #"{"event": "c", "ingestedAt": "t", "id": "o"}"#, #"{"ingestedAt": "t", "id": "o"}"#,
    ])
    func `takes nothing out of a value that is no element of OpenMeter's list`(text: String) throws {
        let found = try items([text])
        guard case .event(let event)? = found.first else {
            Issue.record("\(found)")
            return
        }
        #expect(event.shape == .canonical)
        if text.contains(#""id": "o""#) { #expect(String(decoding: event.json, as: UTF8.self) == text) }
    }

    @Test func `has the shape by which an event is sent`() throws {
        let shapes = try items([#"{"id":"a"}"#, #"{"id":"b","specversion":null}"#, #"{"id":"c","specversion":"0.3"}"#])

            .map { item -> FileEvent.Shape? in
                if case .event(let event) = item { event.shape } else { nil }
            }
        #expect(shapes == [.canonical, .cloudEvent, .cloudEvent])
    }

    @Test(arguments: [
        ("null", "null"), ("1", "a number"), ("true", "true or false"), (#""a""#, "a string"), ("[]", "an array"),
    ])
    func `says what a value is that is no event`(text: String, kind: String) throws {
        let fault = FileFault(FilePosition(line: 1), "expected an event, which is a JSON object, found \(kind)")
        #expect(try items([text]) == [.fault(fault)])
    }

    /// The ID that was made counts too: it is sent.
    @Test func `measures an event with its ID`() throws {
        let withID = #"{"id":"1","n":"\#(String(repeating: "x", count: 20))"}"#
        #expect(
            try items([withID], limit: withID.utf8.count).count { if case .event = $0 { true } else { false } } == 1
        )
        let long = FileFault(
            FilePosition(line: 1),
            "the event has \(withID.utf8.count) bytes, and the gateway accepts at most \(withID.utf8.count - 1)"
        )
        #expect(try items([withID], limit: withID.utf8.count - 1) == [.fault(long)])
        let made = FileFault(FilePosition(line: 1), "the event has 59 bytes, and the gateway accepts at most 58")
        #expect(try items([#"{"name":"a"}"#], limit: 58) == [.fault(made)])
    }

    @Test func `has positions in the order of the file`() {
        let positions = [
            FilePosition(line: 1), FilePosition(line: 1, element: 1), FilePosition(line: 1, element: 2),
            FilePosition(line: 2), FilePosition(line: 10),
        ]
        #expect(positions.reversed().sorted() == positions)
        #expect(positions.map(\.description) == ["1", "1 (event 1)", "1 (event 2)", "2", "10"])
    }
}
