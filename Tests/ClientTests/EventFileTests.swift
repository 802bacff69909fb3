import Client
import Testing

@Suite struct EventFileTests {
    private func entries(_ text: String, name: String = "events.ndjson") -> [String] {
        EventFile(Array(text.utf8), name: name).entries.map { String(decoding: $0.json, as: UTF8.self) }
    }

    @Test(arguments: [
        "{\"id\":\"1\"}\n\n{\"id\":\"2\"}\n", "[{\"id\":\"1\"}, {\"id\":\"2\"}]",
        "{\"events\": [{\"id\":\"1\"},{\"id\":\"2\"}]}",
    ])
    func `reads lines, an array and an envelope`(text: String) {
        #expect(entries(text) == [#"{"id":"1"}"#, #"{"id":"2"}"#])
    }

    @Test func `gives an event without an id one that follows from its content and its repeats`() {
        let once = entries(#"{"name":"a"}"# + "\n" + #"{"name":"a"}"# + "\n" + #"{"name":"b"}"#)
        let longer = entries(
            #"{"name":"a"}"# + "\n" + #"{"name":"a"}"# + "\n" + #"{"name":"b"}"# + "\n" + #"{"name":"c"}"#
        )
        #expect(Set(once).count == 3)
        #expect(Array(longer.prefix(3)) == once)
        #expect(once[0].hasPrefix(#"{"id":"file-"#) && once[0].hasSuffix(#"-0","name":"a"}"#))
        #expect(once[1].hasSuffix(#"-1","name":"a"}"#))
    }

    @Test func `takes a null id for none, as the gateway does`() {
        let event = entries(#"{"id":null,"name":"a"}"#)
        #expect(event[0].hasPrefix(#"{"id":"file-"#) && !event[0].contains("null"))
    }

    @Test func `tells equal lines of two files apart`() {
        let line = #"{"name":"a"}"#
        #expect(entries(line, name: "monday") != entries(line, name: "tuesday"))
        #expect(entries(line, name: "monday") == entries(line, name: "monday"))
    }

    @Test func `names the line that is not JSON, and keeps the others`() {
        let file = EventFile(Array("{\"id\":\"1\"}\n{oops}\n{\"id\":\"3\"}".utf8), name: "f")
        #expect(file.entries.map(\.place) == [1, 3])
        #expect(file.faults.map(\.place) == [2])
    }

    @Test func `tells by a digest whether a file still starts with the same events`() {
        let short = EventFile(Array("{\"id\":\"1\"}\n{\"id\":\"2\"}".utf8), name: "f")
        let longer = EventFile(Array("{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}".utf8), name: "f")
        let other = EventFile(Array("{\"id\":\"9\"}\n{\"id\":\"2\"}".utf8), name: "f")
        #expect(short.digest(ofFirst: 2) == longer.digest(ofFirst: 2))
        #expect(short.digest(ofFirst: 2) != other.digest(ofFirst: 2))
    }
}
