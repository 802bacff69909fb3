import Events
import JSON

/// Reads one event of a file.
protocol RowReading: Sendable {
    /// - Throws: ``RowFault`` if it is no event.
    func event(_ row: Row) throws(RowFault) -> ReadRow
}

/// What a row of a file is.
enum ReadRow {
    case event(ImportedEvent)
    /// Nothing to import, for this reason.
    case omitted(String)
}

/// Why a row cannot be imported, and what would help.
struct RowFault: Error {
    let message: String
}

/// One row of a file, whose fields may have other names than the format's.
struct Row {
    let value: JSONValue
    /// Where a field of the event is in the row, instead of where the format has it.
    let map: FieldMap
    /// Of times without an offset.
    let clock: ImportClock

    /// A text, or a number as text. Null and an empty text are nothing.
    /// - Parameters:
    ///   - field: of the event, such as `customer_id`.
    ///   - path: where the format has it.
    func text(_ field: String, at path: String) throws(RowFault) -> String? {
        guard let found = try value(field, at: path) else { return nil }
        guard let text = found.string ?? found.numberText else {
            throw RowFault(message: "\"\(map[field] ?? path)\" must be a string, found \(found.kind.phrase)")
        }
        return text.isEmpty ? nil : text
    }

    /// The same for a field that every event has.
    func required(_ field: String, at path: String) throws(RowFault) -> String {
        if let text = try text(field, at: path) { return text }
        let name = map[field] ?? path
        throw RowFault(message: "\"\(name)\" is missing or empty; use --map \(field)=NAME if \(field) has another name")
    }

    /// When the event happened. An event without a time would count as usage of today, so there must be one.
    func timestamp(at path: String) throws(RowFault) -> Timestamp {
        try clock.timestamp(try required("timestamp", at: path))
    }

    /// An object; nil if it is absent or null.
    func object(_ field: String, at path: String) throws(RowFault) -> JSONValue? {
        guard let found = try value(field, at: path) else { return nil }
        guard found.kind == .object else {
            throw RowFault(message: "\"\(map[field] ?? path)\" must be an object, found \(found.kind.phrase)")
        }
        return found
    }

    private func value(_ field: String, at path: String) throws(RowFault) -> JSONValue? {
        guard let mapped = map[field] else { return Self.find(path, in: value).flatMap { $0.isNull ? nil : $0 } }
        guard let found = Self.find(mapped, in: value) else {
            throw RowFault(message: "there is no \"\(mapped)\", which --map names for \(field)")
        }
        return found.isNull ? nil : found
    }

    /// A member, or a member of a member by a path with dots.
    private static func find(_ path: String, in value: JSONValue) -> JSONValue? {
        if let member = value[path] { return member }
        guard let dot = path.firstIndex(of: "."), let inner = value[String(path[..<dot])] else { return nil }
        return find(String(path[path.index(after: dot)...]), in: inner)
    }
}
