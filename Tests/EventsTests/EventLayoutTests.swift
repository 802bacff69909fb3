import Events
import Testing

/// Bodies that are laid out otherwise than their content type says.
@Suite struct EventLayoutTests {
    private static let one = #"{"id":"n1","name":"x","customer_id":"c"}"#
    private static let two = #"{"id":"n2","name":"x","customer_id":"c"}"#
    private static let pretty = "{\n  \"id\": \"n1\",\n  \"name\": \"x\",\n  \"customer_id\": \"c\"\n}\n"

    private func read(_ text: String, as layout: EventReader.Layout) -> EventReader.Batch {
        EventReader().read(Array(text.utf8), as: layout)
    }

    @Test(arguments: ["\(one)\n\(two)", "\(one)\r\n\(two)\r\n", "\n  \(one)\n\n\(two)\n", "\(one) \n \(two)"])
    func `reads values on lines of their own as lines, whatever the content type`(text: String) {
        for layout in [EventReader.Layout.json, .lines] {
            let batch = read(text, as: layout)
            #expect(batch.events.map(\.event.id) == ["n1", "n2"] && batch.faults.isEmpty, "\(batch.faults)")
        }
    }

    @Test(arguments: [pretty, "[\n\(one),\n\(two)\n]", "{\"events\": [\n\(one)\n]}"])
    func `reads one value over several lines, whatever the content type`(text: String) {
        for layout in [EventReader.Layout.json, .lines] {
            let batch = read(text, as: layout)
            #expect(batch.events.first?.event.id == "n1" && batch.faults.isEmpty, "\(batch.faults)")
        }
    }

    @Test(arguments: ["\(one)\(two)", "\(one) \(two)", "\(pretty)\(pretty)", "\(pretty)\(one)"])
    func `says how several values are sent where they are not one a line`(text: String) {
        let batch = read(text, as: .json)
        #expect(batch.events.isEmpty && batch.faults.count == 1 && batch.faults[0].index == nil)
        let message = batch.faults.first?.message ?? ""
        #expect(message.contains("application/x-ndjson") && message.contains("curl use --data-binary"), "\(message)")
    }

    @Test func `says the same of a line with two values, and keeps the others`() {
        let batch = read("\(Self.one)\n\(Self.one)\(Self.two)\n\(Self.two)", as: .lines)
        #expect(batch.events.map(\.event.id) == ["n1", "n2"] && batch.faults.map(\.index) == [1])
        #expect(batch.faults[0].message.hasPrefix("line 2, column 41: more text after the value has ended; send"))
        #expect(batch.faults[0].message.contains("--data-binary"))
    }

    @Test func `names the line of a value that is broken among lines under another content type`() {
        let batch = read("\(Self.one)\n{\"id\":\n\(Self.two)", as: .json)
        #expect(batch.events.map(\.event.id) == ["n1", "n2"] && batch.faults.map(\.index) == [1])
        #expect(batch.faults[0].message.hasPrefix("line 2, column 7"))
    }

    @Test(
        arguments: [
            ([0x1F, 0x8B, 8, 0], "Content-Encoding: gzip"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
            ([0xFF, 0xFE, 0x7B, 0], "UTF-16"), ([0xFE, 0xFF, 0, 0x7B], "UTF-16"),
        ] as [([UInt8], String)]
    )
    func `says what a body is that is no text`(body: [UInt8], words: String) {
        for layout in [EventReader.Layout.json, .lines, .cloudEvent, .cloudEvents] {
            let batch = EventReader().read(body, as: layout)
            #expect(batch.faults.map(\.code) == [.malformed] && batch.faults[0].index == nil)
            #expect(batch.faults.first?.message.contains(words) == true, "\(batch.faults)")
        }
    }
}
