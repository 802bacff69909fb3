import ConfigurationFile
import Events
import JSON
import Testing

@Suite struct DefaultedFieldTests {
    private enum Word: String, CaseIterable, Sendable, Hashable { case low, high }

    private func members(_ text: String, _ fields: [Field]) throws -> [String: JSONValue] {
        var reader = FieldReader()
        let members = reader.members(of: try JSONDocument(parsing: Array(text.utf8)).root, fields, in: "a test")
        #expect(reader.faults.isEmpty)
        return members
    }

    @Test func `gives what the object says, and its default where that says nothing`() throws {
        let pause = DefaultedField.duration("pause", default: .seconds(30), "A pause.")
        let count = DefaultedField.integer("count", 1...9, default: 5, "A count.")
        let share = DefaultedField.number("share", 0...100, default: 100, "A share.")
        let word = DefaultedField.choice("word", default: Word.low, "A word.")
        let words = DefaultedField.choices("words", default: [Word.low], "Words.")
        let flag = DefaultedField.flag("flag", "A flag.")
        let fields = [pause.field, count.field, share.field, word.field, words.field, flag.field]
        let said = try members(
            #"{"pause": "2m", "count": 7, "share": 12.5, "word": "high", "words": ["high"], "flag": true}"#,
            fields
        )
        #expect(pause.value(in: said) == .seconds(120) && count.value(in: said) == 7 && share.value(in: said) == 12.5)
        #expect(word.value(in: said) == .high && words.value(in: said) == [.high] && flag.value(in: said))
        let unsaid = try members("{}", fields)
        #expect(pause.value(in: unsaid) == .seconds(30) && count.value(in: unsaid) == 5)
        #expect(share.value(in: unsaid) == 100 && word.value(in: unsaid) == .low)
        #expect(words.value(in: unsaid) == [.low] && !flag.value(in: unsaid))
        #expect(
            fields.map(\.standard) == [
                .text("30s"), .number(5), .number(100), .text("low"), .texts(["low"]), .flag(false),
            ]
        )
    }

    @Test(arguments: [
        (#"{"x": 3}"#, 0), (#"{"x": "low"}"#, 0), (#"{"x": "lo"}"#, 1), (#"{"x": true}"#, 1), (#"{"x": 12}"#, 1),
    ])
    func `a field of either kind takes the values of both and no others`(text: String, faults: Int) throws {
        let field = Field("x", .either([.integer(1...9), .choice(["low", "high"])]), "Either.")
        var reader = FieldReader()
        let members = reader.members(of: try JSONDocument(parsing: Array(text.utf8)).root, [field], in: "a test")
        #expect(reader.faults.count == faults && members.isEmpty == (faults > 0))
    }
}
