import Foundation
import TestSupport
import Testing

@testable import Client

@Suite struct EventFileReaderTests {
    /// What a file of these bytes gives: events as JSON, faults as `line: message`; and why it cannot be read, at the end.
    private func read(
        _ content: [UInt8],
        source: String = "a",
        requiresIDs: Bool = false,
        limit: Int = 1 << 20
    ) async throws -> [String] {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data(content).write(to: file)
            var reader = EventFileReader(
                FileBytes(try FileHandle(forReadingFrom: file)),
                source: source,
                requiresIDs: requiresIDs,
                largestEventBytes: limit
            )
            var found: [String] = []
            do throws(FileFailure) {
                while let item = try reader.next() {
                    switch item {
                    case .event(let event): found.append(String(decoding: event.json, as: UTF8.self))
                    case .fault(let fault): found.append("\(fault.position): \(fault.message)")
                    }
                }
            } catch {
                found.append("\(error)")
            }
            return found
        }
    }

    private func read(_ text: String, source: String = "a", requiresIDs: Bool = false) async throws -> [String] {
        try await read(Array(text.utf8), source: source, requiresIDs: requiresIDs)
    }

    @Test(arguments: [
        "{\"id\":\"1\"}\n\n{\"id\":\"2\"}\n", "{\"id\":\"1\"}\n{\"id\":\"2\"}", "{\"id\":\"1\"}\r\n{\"id\":\"2\"}\r\n",
        "[{\"id\":\"1\"}, {\"id\":\"2\"}]", "[\n{\"id\":\"1\"},\n{\"id\":\"2\"}\n]\n",
        "[\n  {\"id\":\"1\"}\n, {\"id\":\"2\"}\n]",
        "{\"events\": [{\"id\":\"1\"},{\"id\":\"2\"}]}", "{\"events\": [\n{\"id\":\"1\"},\n{\"id\":\"2\"}]\n}\n",
        "{\"id\":\"1\"}{\"id\":\"2\"}", "{\"id\":\"1\"} {\"id\":\"2\"}", "{\"id\":\"1\"},\n{\"id\":\"2\"},\n",
        "[{\"id\":\"1\"}]\n[{\"id\":\"2\"}]", "\u{FEFF}{\"id\":\"1\"}\n{\"id\":\"2\"}",
    ])
    func `reads events in the wrappings that people have`(text: String) async throws {
        #expect(try await read(text) == [#"{"id":"1"}"#, #"{"id":"2"}"#])
    }

    @Test func `reads pretty-printed values, one or several`() async throws {
        let pretty = { (id: String) in "{\n  \"id\": \"\(id)\",\n  \"properties\": {\n    \"size\": 1\n  }\n}" }
        #expect(try await read(pretty("1")) == [pretty("1")])
        #expect(try await read(pretty("1") + "\n" + pretty("2") + "\n") == [pretty("1"), pretty("2")])
        #expect(try await read("[\n" + pretty("1") + ",\n" + pretty("2") + "\n]") == [pretty("1"), pretty("2")])
    }

    @Test func `names a broken line once and reads what follows it`() async throws {
        let found = try await read("{\"id\":\"1\"}\n{oops}\n{\"id\":\"3\"}")
        #expect(found == [#"{"id":"1"}"#, "2: column 2: expected a key in double quotes", #"{"id":"3"}"#])
    }

    @Test(arguments: [
        "{\"id\":\"1\"", "{\"id\":\"1\",", "{\"id\":\"1", "{\"id\":", "{\"id\":\"1\",\"p\":{", "{\"id\":\"1\"]", "x",
        "{\"id\" \"1\"}",
        "{\"id\":\"1\"}}", "NaN",
    ])
    func `goes on in the next line after one that was cut off or garbled`(broken: String) async throws {
        let found = try await read(broken + "\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n")
        #expect(found.suffix(2) == [#"{"id":"2"}"#, #"{"id":"3"}"#], "\(found)")
        #expect(found.filter { $0.hasPrefix("1") }.count == 1, "\(found)")
    }

    @Test func `goes on after a broken element of an array that has a line for each`() async throws {
        let found = try await read("[\n{\"id\":\"1\"},\n{\"id\":oops},\n{\"id\":\"3\"}\n]\n")
        #expect(found.count == 3 && found[0] == #"{"id":"1"}"# && found[2] == #"{"id":"3"}"#, "\(found)")
        #expect(found[1].hasPrefix("3: "))
    }

    @Test func `says that an array was cut off`() async throws {
        let found = try await read("[{\"id\":\"1\"},{\"id\":\"2\"}")
        #expect(found.count == 3 && found[2].contains("never closed"), "\(found)")
    }

    @Test func `refuses what is no event, and an event above the limit, where they stand`() async throws {
        #expect(try await read("[1,{\"id\":\"2\"}]")[0].hasPrefix("1 (event 1): expected an event"))
        let long = "{\"id\":\"\(String(repeating: "x", count: 100))\"}"
        let found = try await read(Array((long + "\n{\"id\":\"2\"}").utf8), limit: 50)
        #expect(found[0] == "1: the event has 109 bytes, and the gateway accepts at most 50")
        #expect(found[1] == #"{"id":"2"}"#)
    }

    @Test func `tells CloudEvents by their content, also in the list of another system`() async throws {
        let event = #"{"specversion":"1.0","id":"c","type":"t","source":"s"}"#
        #expect(try await read(event) == [event])
        #expect(try await read(#"[{"event": \#(event), "ingestedAt": "2026-11-20T08:00:09Z"}]"#) == [event])
    }

    // MARK: Ids

    @Test func `gives an event without an id one that follows from its content and its repeats`() async throws {
        let once = try await read(#"{"name":"a"}"# + "\n" + #"{"name":"a"}"# + "\n" + #"{"name":"b"}"#)
        let longer = try await read(
            #"{"name":"a"}"# + "\n" + #"{"name":"a"}"# + "\n" + #"{"name":"b"}"# + "\n" + #"{"name":"c"}"#
        )
        #expect(Set(once).count == 3)
        #expect(Array(longer.prefix(3)) == once)
        #expect(once[0].hasPrefix(#"{"id":"file-"#) && once[0].hasSuffix(#"-0","name":"a"}"#))
        #expect(once[1].hasSuffix(#"-1","name":"a"}"#))
    }

    @Test func `takes a null id for none, as the gateway does`() async throws {
        let event = try await read(#"{"id":null,"name":"a"}"#)
        #expect(event[0].hasPrefix(#"{"id":"file-"#) && !event[0].contains("null"))
    }

    @Test func `tells equal lines of two sources apart`() async throws {
        let line = #"{"name":"a"}"#
        #expect(try await read(line, source: "monday") != read(line, source: "tuesday"))
        #expect(try await read(line, source: "monday") == read(line, source: "monday"))
    }

    @Test func `refuses a line without an id where ids are required`() async throws {
        let found = try await read("{\"id\":\"1\"}\n{\"name\":\"a\"}\n", requiresIDs: true)
        #expect(found == [#"{"id":"1"}"#, #"2: the event has no "id", which --require-ids requires"#])
    }

    // MARK: Formats

    @Test func `unpacks gzip, also several members, and says what is wrong with it`() async throws {
        let packed = Array(Data(base64Encoded: Self.packedLine)!)
        #expect(try await read(packed) == [#"{"id":"1"}"#])
        #expect(try await read(packed + packed) == [#"{"id":"1"}"#, #"{"id":"1"}"#])
        #expect(try await read(Array(packed.dropLast(4))).last?.contains("cut off") == true)
        var damaged = packed
        damaged[damaged.count - 6] ^= 0xFF
        #expect(try await read(damaged).last?.contains("damaged") == true)
    }

    /// `{"id":"1"}` and a line end, by gzip.
    private static let packedLine = "H4sIAAAAAAAAA6tWykxRslIyVKrlAgD9vZUWCwAAAA=="

    @Test(arguments: [
        ("event_id,event_name\nr-1,tokens\n", "CSV"), ("id;name\n1;a\n", "CSV"), ("\"id\",\"name\"\n", "CSV"),
        ("id\tname\n", "CSV"), ("PK\u{3}\u{4}xxxx", "zip"),
    ])
    func `says in one sentence what a file is that it does not read`(text: String, format: String) async throws {
        let found = try await read(text)
        #expect(found.count == 1 && found[0].contains(format), "\(found)")
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
    func `names UTF-16, with and without a byte order mark`(encoding: String.Encoding) async throws {
        for text in ["{\"id\":\"1\"}", "\u{FEFF}{\"id\":\"1\"}"] {
            let found = try await read(Array(text.data(using: encoding)!))
            #expect(found.count == 1 && found[0].contains("UTF-16") && found[0].contains("iconv"), "\(found)")
        }
    }
}
