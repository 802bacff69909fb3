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

    static func badParameter(_ name: String, _ rule: String) -> Problem {
        Problem(
            status: .badRequest,
            kind: "bad-parameter",
            title: "Invalid parameter",
            detail: "\"\(name)\" \(rule)"
        )
    }

    static func repeatedField(_ name: String) -> Problem {
        Problem(
            status: .badRequest,
            kind: "repeated-field",
            title: "A header field is repeated",
            detail: "send \"\(name)\" once"
        )
    }

    static let lengthRequired = Problem(
        status: .lengthRequired,
        kind: "length-required",
        title: "Length required",
        detail: "send Content-Length, or the body in chunks"
    )

    static func tooLarge(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge,
            kind: "too-large",
            title: "The body is too large",
            detail: "the limit is \(limit) bytes, after decompression too; send the events in several requests"
        )
    }

    static func wrongContentType(_ found: String?) -> Problem {
        Problem(
            status: .unsupportedMediaType,
            kind: "wrong-content-type",
            title: "Unsupported content type",
            detail:
                "send application/json, application/x-ndjson or a CloudEvents type, found \(found.map { "\"\(Excerpt.of($0))\"" } ?? "none")"
        )
    }

    static func wrongContentEncoding(_ found: String) -> Problem {
        Problem(
            status: .unsupportedMediaType,
            kind: "wrong-content-encoding",
            title: "Unsupported content encoding",
            detail: "send gzip, deflate or none, found \"\(Excerpt.of(found))\"",
            headers: [.acceptEncoding: "gzip, deflate"]
        )
    }

    static let undecodable = Problem(
        status: .badRequest,
        kind: "undecodable",
        title: "The body cannot be decompressed",
        detail: "the bytes do not match Content-Encoding"
    )

    static let brokenBody = Problem(
        status: .badRequest,
        kind: "broken-body",
        title: "The body cannot be read",
        detail: "its chunks are malformed, or the connection ended before the body did"
    )

    static func badBody(_ what: String) -> Problem {
        Problem(status: .badRequest, kind: "bad-body", title: "Invalid body", detail: what)
    }

    static let stalled = Problem(
        status: .requestTimeout,
        kind: "stalled",
        title: "Timed out reading the body",
        detail: "the body did not arrive in time; the connection is closed"
    )
}
