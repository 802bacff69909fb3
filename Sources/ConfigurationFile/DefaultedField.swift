import Events
package import JSON

/// A field with the value that holds without it: written once, and read by the reader, the JSON Schema and the reference.
package struct DefaultedField<Value: Sendable>: Sendable {
    package let field: Field
    package let standard: Value
    private let read: @Sendable (JSONValue) -> Value?

    private init(_ field: Field, _ standard: Value, _ read: @escaping @Sendable (JSONValue) -> Value?) {
        self.field = field
        self.standard = standard
        self.read = read
    }

    /// The value that an object has here.
    /// - Parameter members: of the object, as ``FieldReader/members(of:_:in:)`` gives them.
    package func value(in members: [String: JSONValue]) -> Value {
        members[field.name].flatMap(read) ?? standard
    }
}

extension DefaultedField where Value == Duration {
    /// A duration.
    package static func duration(_ name: String, default standard: Duration, _ summary: String) -> Self {
        let field = Field(name, .duration, default: .text(DurationText.write(standard)), summary)
        return Self(field, standard) { $0.string.flatMap(DurationText.read) }
    }
}

extension DefaultedField where Value == Int {
    /// An integer.
    package static func integer(_ name: String, _ range: ClosedRange<Int>, default standard: Int, _ summary: String)
        -> Self
    {
        precondition(range.contains(standard), "the default of \(name) is not in its range")
        return Self(Field(name, .integer(range), default: .number(standard), summary), standard) {
            $0.int64.map { Int($0) }
        }
    }
}

extension DefaultedField where Value == Double {
    /// A number that may have a fraction.
    package static func number(_ name: String, _ range: ClosedRange<Double>, default standard: Int, _ summary: String)
        -> Self
    {
        precondition(range.contains(Double(standard)), "the default of \(name) is not in its range")
        return Self(Field(name, .number(range), default: .number(standard), summary), Double(standard)) {
            $0.numberText.flatMap { Double($0) }
        }
    }
}

extension DefaultedField where Value == Bool {
    /// True or false; false without the field.
    package static func flag(_ name: String, _ summary: String) -> Self {
        Self(Field(name, .flag, default: .flag(false), summary), false) { $0.bool }
    }
}

extension DefaultedField where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enum.
    package static func choice(_ name: String, default standard: Value, _ summary: String) -> Self {
        let words = Value.allCases.map(\.rawValue)
        return Self(Field(name, .choice(words), default: .text(standard.rawValue), summary), standard) {
            $0.string.flatMap { Value(rawValue: $0) }
        }
    }
}

extension DefaultedField {
    /// A list of words of an enum.
    package static func choices<Word: RawRepresentable & CaseIterable & Hashable & Sendable>(
        _ name: String,
        default standard: [Word],
        _ summary: String
    ) -> Self where Word.RawValue == String, Value == Set<Word> {
        let words = Word.allCases.map(\.rawValue)
        let field = Field(name, .list(.choice(words)), default: .texts(standard.map(\.rawValue)), summary)
        return Self(field, Set(standard)) { value in
            Set(value.elements.compactMap { $0.string.flatMap { Word(rawValue: $0) } })
        }
    }
}
