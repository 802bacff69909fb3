import ConfigurationFile
import Events
import HTTPTypes
import JSON
import Routing

/// An error response: RFC 9457 problem details.
struct Problem: Error {
    let status: HTTPResponse.Status
    /// The kind of problem, the last part of its `type`.
    let kind: String
    /// The same for every problem of the kind; ``detail`` has what is special.
    let title: String
    /// What is wrong, and how to fix it.
    let detail: String
    /// Faults of events; at most ``EventFault/mostListed`` are listed.
    var errors: [EventFault] = []
    /// How many more faults there are than ``errors`` has.
    var omittedErrors = 0
    /// Faults of a `routes.json`.
    var faults: [ConfigurationFault] = []
    /// The vendor's message; nil if no vendor was asked.
    var vendorError: DeliveryFault?
    /// Further header fields of the response.
    var headers: HTTPFields = [:]

    /// The body.
    func json(requestID: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("type", string: "urn:tollgate:problem:\(kind)")
        writer.member("title", string: title)
        writer.member("status", integer: status.code)
        writer.member("detail", string: detail)
        if !errors.isEmpty {
            writer.key("errors")
            writer.beginArray()
            for error in errors.prefix(EventFault.mostListed) { FaultWriter.write(error, to: &writer) }
            writer.endArray()
        }
        let omitted = omittedErrors + max(0, errors.count - EventFault.mostListed)
        if omitted > 0 { writer.member("errors_omitted", integer: omitted) }
        if !faults.isEmpty {
            writer.key("faults")
            writer.beginArray()
            for fault in faults { RoutesFaultWriter.write(fault, to: &writer) }
            writer.endArray()
        }
        if let vendorError {
            writer.key("error")
            writer.beginObject()
            writer.member("code", string: vendorError.code.rawValue)
            writer.member("message", string: vendorError.message)
            writer.member("vendor", stringOrNull: vendorError.vendor)
            writer.endObject()
        }
        writer.member("request_id", string: requestID)
        writer.endObject()
        return writer.bytes
    }
}

/// Writes event faults as they are in `errors`.
enum FaultWriter {
    /// `index` is null for a fault of the request as a whole, `field` for one of the whole event.
    static func write(_ fault: EventFault, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("index")
        if let index = fault.index { writer.integer(index) } else { writer.null() }
        writer.member("field", stringOrNull: fault.field)
        writer.member("code", string: fault.code.rawValue)
        writer.member("message", string: fault.message)
        writer.endObject()
    }
}
