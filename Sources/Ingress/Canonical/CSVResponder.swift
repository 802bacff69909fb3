import Access
import HTTPTypes
import Hummingbird
import Journal
import NIOCore
import Parity
import Reports

/// Responds with a list as CSV, everything that its filter selects: streamed, as fast as the client reads it.
///
/// It counts among the client's streams. If the client's key loses the right to read, it ends early by closing the connection.
struct CSVResponder: Sendable {
    private let gatekeeper: Gatekeeper
    private let capacity: IngressCapacity

    init(_ services: EndpointServices) {
        gatekeeper = services.gatekeeper
        capacity = services.capacity
    }

    func respond<List: CSVList>(to call: EndpointCall, _ list: List, named name: String, needing scope: Scope)
        async throws -> EndpointResponse where List.Failure == StoreError
    {
        let place = try StreamReservation(of: call.client.name, in: capacity)
        do throws(StoreError) {
            return response(try await CSVStream(list), to: call.caller, named: name, needing: scope, place)
        } catch {
            throw Problem(error)
        }
    }

    func respond<List: CSVList>(to call: EndpointCall, _ list: List, named name: String, needing scope: Scope)
        async throws -> EndpointResponse where List.Failure == ParityError
    {
        let place = try StreamReservation(of: call.client.name, in: capacity)
        do throws(ParityError) {
            return response(try await CSVStream(list), to: call.caller, named: name, needing: scope, place)
        } catch {
            throw Problem(error)
        }
    }

    /// The streamed response; the reservation is released when the stream ends.
    private func response<List: CSVList>(
        _ stream: CSVStream<List>,
        to caller: Caller,
        named name: String,
        needing scope: Scope,
        _ place: StreamReservation
    ) -> EndpointResponse {
        EndpointResponse(
            status: .ok,
            contentType: "text/csv; charset=utf-8",
            fields: [
                HTTPField(name: .contentDisposition, value: "attachment; filename=\"\(name).csv\""),
                HTTPField(name: .cacheControl, value: "no-store"),
            ],
            body: .streamed(
                ResponseBody { [gatekeeper] writer in
                    // Held until the stream ends, or until it is clear that it never starts.
                    defer { withExtendedLifetime(place) {} }
                    try await stream.write(while: { gatekeeper.still(caller, has: scope) }) { text in
                        try await writer.write(ByteBuffer(string: text))
                    }
                    try await writer.finish(nil)
                }
            )
        )
    }
}

extension EndpointCall {
    /// Whether the client asks for CSV: `Accept` names `text/csv`, with at least the weight of `application/json`.
    var wantsCSV: Bool {
        let ranges = (request.headers[.accept] ?? "").split(separator: ",").map(AcceptedType.init)
        guard let csv = ranges.last(where: { $0.name == "text/csv" }), csv.weight > 0 else { return false }
        return csv.weight >= ranges.last { $0.name == "application/json" }?.weight ?? 0
    }
}

/// One media range of `Accept`, with its weight (RFC 9110, 12.5.1).
private struct AcceptedType {
    let name: String
    let weight: Double

    init(_ text: Substring) {
        let parts = text.split(separator: ";").map { part in
            part.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
        name = parts.first ?? ""
        let given = parts.dropFirst().first { $0.hasPrefix("q=") }
        weight = given.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
    }
}
