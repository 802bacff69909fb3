import Events
import Foundation
import HTTPTypes

/// A CloudEvent in binary mode: its attributes are header fields, `ce-type` and so on, its data is the body.
enum CloudEventHeaders {
    private static let prefix = "ce-"

    /// Nil if the request is not in binary mode.
    /// - Throws: ``Problem`` if the data is of another type than JSON.
    static func layout(of headers: HTTPFields) throws(Problem) -> EventReader.Layout? {
        let attributes = headers.filter { $0.name.canonicalName.hasPrefix(prefix) }.map { field in
            (name: String(field.name.canonicalName.dropFirst(prefix.count)), value: decoded(field.value))
        }
        guard attributes.contains(where: { $0.name == "specversion" }) else { return nil }
        if let type = headers[.contentType], !EventReader.isJSON(type) { throw .wrongContentType(type) }
        return .cloudEventData(attributes: attributes)
    }

    /// Values are percent-encoded, and may be in quotes.
    private static func decoded(_ value: String) -> String {
        let bare =
            value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
            ? String(value.dropFirst().dropLast()) : value
        return bare.removingPercentEncoding ?? bare
    }
}
