import Access
import ConfigurationFile
import Events
import JSON
import Journal
import Routing

/// `POST /v1/config/reload`: reloads a changed `routes.json`. `POST /v1/config/check`: what another file would change.
struct ConfigHandler: Sendable {
    private let reloading: any RoutesReloading

    init(_ services: EndpointServices) {
        reloading = services.given.operations.orders.reloading
    }

    /// `POST /v1/config/reload`: reads the file again and makes it active, or changes nothing and says what is wrong.
    func reload(_ call: EndpointCall) async throws -> EndpointResponse {
        do {
            let result = try await reloading.reload(by: call.caller)
            return .json(Self.json(result, status: result.changes.list.isEmpty ? "unchanged" : "reloaded"))
        } catch {
            throw Problem(error)
        }
    }

    /// `POST /v1/config/check`: what the body, a `routes.json`, would change here. Nothing is changed.
    func check(_ call: EndpointCall) async throws -> EndpointResponse {
        let body = try await call.body.read(limitBytes: call.bodyLimitBytes)
        // Not on the event loop, whose connections would wait while a large file is read.
        let compared = await withTaskExecutorPreference(globalConcurrentExecutor) { await result(of: body) }
        do {
            return .json(Self.json(try compared.get(), status: "valid"))
        } catch {
            throw Problem(error)
        }
    }

    private func result(of body: [UInt8]) async -> Result<ReloadResult, ReloadError> {
        do {
            return .success(try await reloading.compare(body))
        } catch {
            return .failure(error)
        }
    }

    /// - Parameter status: `reloaded` or `unchanged` after a reload, `valid` after a check.
    private static func json(_ result: ReloadResult, status: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.member("status", string: status)
        writer.key("changes")
        writer.beginArray()
        for change in result.changes.list { write(change, to: &writer) }
        writer.endArray()
        writer.key("stranded")
        writer.beginArray()
        for stranded in result.stranded { write(stranded, to: &writer) }
        writer.endArray()
        writer.key("warnings")
        writer.beginArray()
        for warning in result.warnings { RoutesFaultWriter.write(warning, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// `fields` names what differs within a part that both files have.
    private static func write(_ change: RoutesChanges.Change, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("part", string: change.part.rawValue)
        writer.member("name", string: change.name)
        writer.member("change", string: change.kind.rawValue)
        writer.key("fields")
        writer.beginArray()
        for field in change.fields { writer.string(field) }
        writer.endArray()
        writer.endObject()
    }

    /// Deliveries that would wait for a provider that the file no longer has.
    private static func write(_ stranded: StrandedDeliveries, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: stranded.provider.rawValue)
        writer.member("events", integer: stranded.backlog.events)
        writer.member("oldest_accepted_at", stringOrNull: stranded.backlog.oldest?.rfc3339)
        writer.endObject()
    }
}

/// Writes faults of `routes.json` as they are in responses.
enum RoutesFaultWriter {
    /// Line and column begin at 1.
    static func write(_ fault: ConfigurationFault, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("line", integer: fault.position.line)
        writer.member("column", integer: fault.position.column)
        writer.member("severity", string: fault.severity.rawValue)
        writer.member("message", string: fault.message)
        writer.endObject()
    }
}
