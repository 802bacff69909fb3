import Events
import HTTPTypes

/// Problems of requests themselves: path, method, headers, parameters, body.
extension Problem {
    /// - Parameter near: the path that was probably meant.
    static func unknownPath(_ path: String, near: String? = nil) -> Problem {
        Problem(
            status: .notFound,
            kind: "unknown-path",
            title: "Unknown path",
            detail:
                "\"\(path.prefix(200))\" is not an endpoint; \(near.map { "use \($0.prefix(300))" } ?? "events go to POST /v1/events")"
        )
    }

    /// 405 with `Allow`.
    static func wrongMethod(_ method: String, allowed: [String]) -> Problem {
        let list = allowed.joined(separator: ", ")
        return Problem(
            status: .methodNotAllowed,
            kind: "wrong-method",
            title: "Method not allowed",
            detail: "\(method) is not allowed here; use \(list)",
            headers: [.allow: list]
        )
    }

    /// 400.
    /// - Parameter rule: what the parameter must be, as the end of a sentence that begins with its name.
    static func badParameter(_ name: String, _ rule: String) -> Problem {
        Problem(
            status: .badRequest,
            kind: "bad-parameter",
            title: "Invalid parameter",
            detail: "\"\(name)\" \(rule)"
        )
    }

    /// 400: proxies and servers disagree about which of two values counts.
    static func repeatedField(_ name: String) -> Problem {
        Problem(
            status: .badRequest,
            kind: "repeated-field",
            title: "A header field is repeated",
            detail: "send \"\(name)\" once"
        )
    }

    /// 411: without a length it is unknown where the body ends.
    static let lengthRequired = Problem(
        status: .lengthRequired,
        kind: "length-required",
        title: "Length required",
        detail: "send Content-Length, or the body in chunks"
    )

    /// 413.
    /// - Parameter limit: in bytes, of the body as it is sent and as it is decompressed.
    static func tooLarge(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge,
            kind: "too-large",
            title: "The body is too large",
            detail: "the limit is \(limit) bytes, after decompression too; send the events in several requests"
        )
    }

    /// 415.
    static func wrongContentType(_ found: String?) -> Problem {
        Problem(
            status: .unsupportedMediaType,
            kind: "wrong-content-type",
            title: "Unsupported content type",
            detail:
                "send application/json, application/x-ndjson or a CloudEvents type, found \(found.map { "\"\(Excerpt.of($0))\"" } ?? "none")"
        )
    }

    /// 415 with `Accept-Encoding`, by which a client can fall back.
    static func wrongContentEncoding(_ found: String) -> Problem {
        Problem(
            status: .unsupportedMediaType,
            kind: "wrong-content-encoding",
            title: "Unsupported content encoding",
            detail: "send gzip, deflate or none, found \"\(Excerpt.of(found))\"",
            headers: [.acceptEncoding: "gzip, deflate"]
        )
    }

    /// 400: the bytes are not what `Content-Encoding` says.
    static let undecodable = Problem(
        status: .badRequest,
        kind: "undecodable",
        title: "The body cannot be decompressed",
        detail: "the bytes do not match Content-Encoding"
    )

    /// 400; the connection cannot be used further.
    static let brokenBody = Problem(
        status: .badRequest,
        kind: "broken-body",
        title: "The body cannot be read",
        detail: "its chunks are malformed, or the connection ended before the body did"
    )

    /// 400.
    /// - Parameter what: what is wrong and how to fix it, as a clause.
    static func badBody(_ what: String) -> Problem {
        Problem(status: .badRequest, kind: "bad-body", title: "Invalid body", detail: what)
    }

    /// 408: the body stopped arriving. Nothing of it was accepted.
    static let stalled = Problem(
        status: .requestTimeout,
        kind: "stalled",
        title: "Timed out reading the body",
        detail: "the body did not arrive in time; the connection is closed"
    )
}
