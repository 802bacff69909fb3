import Events
import JSON

/// Flexprice's error responses: its envelope since April 2026, the shorter one of its middleware, and plain text for unknown paths.
enum FlexpriceFacadeErrors {
    /// `{"code": "validation_error", "message": "…", "http_status_code": 400, "details": {…}}`.
    static func failure(
        _ status: Int,
        _ code: String,
        _ message: String,
        details: [(name: String, value: JSONText)] = [],
        headers: [String: String] = [:]
    ) -> DialectAnswer {
        var writer = JSONWriter(capacity: 192)
        writer.beginObject()
        writer.member("code", string: code)
        writer.member("message", string: message)
        writer.member("http_status_code", integer: status)
        if !details.isEmpty {
            writer.key("details")
            writer.beginObject()
            for detail in details { writer.member(detail.name, raw: detail.value.bytes) }
            writer.endObject()
        }
        writer.endObject()
        return DialectAnswer(
            status: status,
            contentType: FlexpriceFacade.contentType,
            headers: headers,
            body: writer.bytes
        )
    }

    /// The gateway's own refusals.
    static func answer(to refusal: DialectRefusal) -> DialectAnswer {
        switch refusal {
        case .unauthorized: short(401, "error", "Unauthorized")
        case .forbidden: short(403, "message", "insufficient permissions")
        case .tooLarge:
            failure(
                400,
                "validation_error",
                "Request body exceeds the maximum size; split the batch into smaller requests"
            )
        case .undecodable: failure(400, "validation_error", FlexpriceFault.unreadable)
        case .rateLimited(_, let seconds):
            short(
                429,
                "error",
                "Rate limit exceeded. Try again later.",
                headers: ["Retry-After": "\(seconds)", "X-RateLimit-Remaining": "0"]
            )
        case .unavailable(let seconds):
            failure(
                503,
                "system_error",
                "Nothing was stored; try again later",
                headers: ["Retry-After": "\(seconds)"]
            )
        // Its SDK reads an error of a read only at 400 and 500.
        case .readTooLarge(let advice): failure(400, "validation_error", advice)
        case .failed: failure(500, "internal_error", "An unexpected error occurred")
        case .wrongMethod(let allowed):
            failure(405, "method_not_allowed", "this path takes only \(allowed)", headers: ["Allow": allowed])
        case .unserved(let advice): failure(501, "not_implemented", advice)
        case .notPassed(let refusal):
            failure(refusal.status, refusal.code, refusal.reason, headers: refusal.headers)
        }
    }

    /// An error in Flexprice's short form: one member with the text.
    private static func short(_ status: Int, _ name: String, _ text: String, headers: [String: String] = [:])
        -> DialectAnswer
    {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.member(name, string: text)
        writer.endObject()
        return DialectAnswer(
            status: status,
            contentType: FlexpriceFacade.contentType,
            headers: headers,
            body: writer.bytes
        )
    }
}

/// What is wrong with a field of a request. Flexprice says for a lone event only that its payload is invalid; here the field is named
/// beside it.
struct FlexpriceFault: Equatable {
    /// How Flexprice reports a fault.
    enum Kind: Equatable {
        /// Its reader cannot make a request of the body.
        case unreadable
        /// A field that must be there is empty.
        case missing
        /// Flexprice would take it, the gateway cannot.
        case limit
    }

    static let unreadable = "Invalid request payload"
    static let failed = "Request validation failed"

    let kind: Kind
    let field: String
    let text: String

    /// A body that its reader does not understand.
    static func unreadable(_ field: String, _ text: String) -> FlexpriceFault {
        FlexpriceFault(kind: .unreadable, field: field, text: text)
    }

    /// A rule of Go's validator, in its words.
    /// - Parameter path: the names of the request's type and its field: `IngestEventRequest.EventName`.
    static func rule(_ kind: Kind, _ path: String, _ tag: String) -> FlexpriceFault {
        let field = path.split(separator: ".").last.map(String.init) ?? path
        let text = "Key: '\(path)' Error:Field validation for '\(field)' failed on the '\(tag)' tag"
        return FlexpriceFault(kind: kind, field: field, text: text)
    }
}

extension FlexpriceFacadeErrors {
    /// A 400 with these details, the first fault of a field.
    static func refused(_ message: String, _ faults: [FlexpriceFault]) -> DialectAnswer {
        var details: [(name: String, value: JSONText)] = []
        for fault in faults where !details.contains(where: { $0.name == fault.field }) {
            details.append((fault.field, text(fault.text)))
        }
        return failure(400, "validation_error", message, details: details)
    }

    /// A text as JSON.
    static func text(_ text: String) -> JSONText {
        var writer = JSONWriter(capacity: text.utf8.count + 8)
        writer.string(text)
        return JSONText(checked: writer.bytes[...])
    }
}
