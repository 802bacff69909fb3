import Access
import DeliveryEngine
import Events
import Ingress
import Logging
import Observability
import Telemetry

/// Writes the access log: one line per request, without a logger's dictionaries.
struct RequestLog: RequestLogging {
    let output: LogOutput

    var isOn: Bool { output.takes(.info) }

    func write(_ entry: RequestLogEntry) {
        output.write(.info, "request", label: "tollgate.http") { line in
            line.member("request_id", entry.requestID)
            line.member("method", entry.method)
            line.member("path", entry.path)
            line.member("status", integer: entry.status)
            let client = entry.caller?.client
            line.member("client", client?.name.rawValue ?? "-")
            line.member("tenant", client?.tenant.rawValue ?? "-")
            line.member("key_id", entry.caller?.key.id ?? "-")
            line.member("accepted", integer: entry.accepted)
            line.member("ms", integer: Int(entry.duration.wholeMilliseconds))
            if let first = entry.ids.first {
                let ids = entry.ids.count == 1 ? first.rawValue : entry.ids.map(\.rawValue).joined(separator: ",")
                line.member("ids", ids)
            }
            if let trace = entry.trace {
                line.member("trace_id", trace.traceID)
                if let parent = trace.parentID { line.member("parent_id", parent) }
            }
        }
    }
}
