import Events
import JSON
import Vendors

/// The body of an ingestion, as FastAPI reads bodies.
enum PolarRequestBody {
    /// The `events` of a body: an array, which may be empty.
    static func events(of request: DialectRequest) throws(EarlyAnswer) -> JSONValue {
        guard isJSON(request.header("Content-Type")) else {
            throw refused(.notModel.at(["body"], text: String(decoding: request.body, as: UTF8.self)))
        }
        guard !request.body.isEmpty else {
            throw refused(.missing.at(["body"], input: Array("null".utf8)[...]))
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = request.body.starts(with: mark) ? Array(request.body.dropFirst(3)) : request.body
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw EarlyAnswer(answer(to: error, in: body))
        }
        return try events(in: root)
    }

    private static func events(in root: JSONValue) throws(EarlyAnswer) -> JSONValue {
        guard root.kind == .object else { throw refused(.notModel.at(["body"], input: root)) }
        guard let events = LastMemberWins.value("events", of: root) else {
            throw refused(.missing.at(["body", "events"], input: root))
        }
        guard events.kind == .array else {
            let error = PolarValidationError("list_type", "Input should be a valid list")
            throw refused(error.at(["body", "events"], input: events))
        }
        return events
    }

    /// `application/json` and its relatives such as `application/vnd.acme+json`.
    private static func isJSON(_ type: String?) -> Bool {
        let words = type?.prefix { $0 != ";" }.lowercased().split(separator: "/").map { $0.filter { $0 != " " } } ?? []
        guard words.count == 2, words[0] == "application" else { return false }
        return words[1] == "json" || words[1].hasSuffix("+json")
    }

    /// 422 with one validation error.
    private static func refused(_ error: PolarValidationError) -> EarlyAnswer {
        EarlyAnswer(PolarFacadeErrors.invalid([error]))
    }
}

/// Broken JSON in the words of Python's reader, with its offset in characters.
extension PolarRequestBody {
    private static func answer(to error: JSONError, in body: [UInt8]) -> DialectAnswer {
        guard String(validating: body, as: UTF8.self) != nil else { return PolarFacadeErrors.unreadableBody }
        let (reason, offset) = reason(for: error, in: body)
        let invalid = PolarValidationError("json_invalid", "JSON decode error", context: #"{"error":"\#(reason)"}"#)
        let characters = body.prefix(offset).count { $0 & 0xC0 != 0x80 }
        return PolarFacadeErrors.invalid([
            invalid.at(["body", .index(characters)], input: Array("{}".utf8)[...])
        ])
    }

    /// The reason, fit for a JSON string, and the offset of the byte that Python names.
    private static func reason(for error: JSONError, in body: [UInt8]) -> (reason: String, offset: Int) {
        switch error.reason {
        case .empty: return ("Expecting value", body.count)
        case .expectedValue, .foreignWord, .malformedNumber: return ("Expecting value", error.offset)
        case .expectedKey: return ("Expecting property name enclosed in double quotes", error.offset)
        case .expectedColon: return ("Expecting ':' delimiter", error.offset)
        case .expectedComma: return ("Expecting ',' delimiter", error.offset)
        // The zero is a number by itself, after which something else should come.
        case .leadingZero:
            return ("Expecting ',' delimiter", error.offset + (body[error.offset] == UInt8(ascii: "-") ? 2 : 1))
        case .unclosed(let kind):
            let isBare = body[(error.offset + 1)...].allSatisfy { " \t\r\n".utf8.contains($0) }
            guard isBare else { return ("Expecting ',' delimiter", body.count) }
            return (
                kind == .object ? "Expecting property name enclosed in double quotes" : "Expecting value", body.count
            )
        case .unterminatedString: return ("Unterminated string starting at", error.offset)
        case .controlCharacter: return ("Invalid control character at", error.offset)
        case .malformedEscape:
            let isUnicode = body[error.offset...].dropFirst().first == UInt8(ascii: "u")
            return isUnicode
                ? (#"Invalid \\uXXXX escape"#, error.offset + 1) : (#"Invalid \\escape"#, error.offset)
        // Polar answers half of a surrogate pair with 500; it can store none.
        case .loneSurrogate: return (#"Invalid \\uXXXX escape"#, error.offset + 1)
        case .trailingBytes: return ("Extra data", error.offset)
        case .tooDeep(let limit):
            return ("Arrays and objects are nested more than \(limit) levels deep", error.offset)
        case .tooLarge(let limit): return ("More than \(limit) bytes", error.offset)
        case .byteOrderMark, .malformedUTF8: return ("Expecting value", error.offset)
        }
    }
}
