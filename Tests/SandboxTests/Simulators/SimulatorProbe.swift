import Foundation
import HTTPTypes

@testable import Sandbox

/// A simulator that is asked without a server, and told the time.
struct SimulatorProbe {
    let simulator: any Simulator
    /// 2026-11-01T00:00:00Z
    static let start = Date(timeIntervalSince1970: 1_793_491_200)

    static var lago: SimulatorProbe { SimulatorProbe(simulator: LagoSimulator()) }
    static var polar: SimulatorProbe { SimulatorProbe(simulator: PolarSimulator()) }
    static var flexprice: SimulatorProbe { SimulatorProbe(simulator: FlexpriceSimulator()) }
    static var knetik: SimulatorProbe { SimulatorProbe(simulator: KnetikSimulator()) }

    /// - Parameter after: seconds since ``start``.
    func get(_ path: String, query: [(String, String)] = [], after: Double = 0) -> SimulatedAnswer {
        ask(.get, path, query: query, after: after)
    }

    func post(_ path: String, _ body: String, after: Double = 0) -> SimulatedAnswer {
        ask(.post, path, body, after: after)
    }

    /// - Parameter change: what is other in the headers than with a client that is set up right.
    func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String = "",
        query: [(String, String)] = [],
        after: Double = 0,
        changing change: (inout HTTPFields) -> Void = { _ in }
    ) -> SimulatedAnswer {
        simulator.answer(request(method, path, body, query: query, changing: change), at: Self.start + after)
    }

    /// A request of a client that is set up right, but for what is changed.
    func request(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String = "",
        query: [(String, String)] = [],
        changing change: (inout HTTPFields) -> Void = { _ in }
    ) -> SimulatedRequest {
        var headers = HTTPFields()
        headers[.authorization] =
            "Bearer \(simulator.vendor == "lago" ? SandboxCredentials.lago : SandboxCredentials.polar)"
        headers[.xAPIKey] = SandboxCredentials.flexprice
        headers[.contentType] = "application/json"
        headers[.contentLength] = "\(body.utf8.count)"
        change(&headers)
        return SimulatedRequest(
            method: method,
            path: path,
            query: query.map { (name: $0.0, value: $0.1) },
            headers: headers,
            body: Array(body.utf8)
        )
    }

    func set(_ settings: String) throws {
        let json = SandboxJSON(settings.utf8) ?? nil
        try simulator.books.changeSettings { try $0.changed(by: json, simulator.traits) }
    }

    /// Sends events to the vendor's bulk address.
    @discardableResult
    func send(_ events: [String], after: Double = 0) -> SimulatedAnswer {
        let list = "{\"events\":[\(events.joined(separator: ","))]}"
        let path =
            switch simulator.vendor {
            case "lago": "/api/v1/events/batch"
            case "polar": "/v1/events/ingest"
            default: "/v1/events/bulk"
            }
        return post(path, list, after: after)
    }

    /// The ids, or names at Polar, that the vendor's list shows, with its count.
    func list(_ query: [(String, String)] = [], after: Double = 0) -> (shown: [String], total: Int) {
        let answer: SandboxJSON
        let (items, field, total): (SandboxJSON?, String, SandboxJSON?)
        switch simulator.vendor {
        case "lago":
            answer = get("/api/v1/events", query: query, after: after).json
            (items, field, total) = (answer["events"], "transaction_id", answer["meta"]?["total_count"])
        case "polar":
            answer = get("/v1/events/", query: query, after: after).json
            (items, field, total) = (answer["items"], "name", answer["pagination"]?["total_count"])
        default:
            let window = [("start_time", "1970-01-01T00:00:00Z"), ("end_time", "2100-01-01T00:00:00Z")]
            let all = window.filter { end in !query.contains { $0.0 == end.0 } } + query
            let body = all.map { name, value in
                "\"\(name)\":\(["page_size", "offset"].contains(name) ? value : "\"\(value)\"")"
            }
            answer = post("/v1/events/query", "{\(body.joined(separator: ","))}", after: after).json
            (items, field, total) = (answer["events"], "id", answer["total_count"] ?? 0)
        }
        let shown = (items?.array ?? []).compactMap { $0[field]?.string }
        return (shown, total?.number.flatMap { Int($0) } ?? -1)
    }

    var planted: [String: [String]] {
        let members = simulator.books.planted.members ?? []
        return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.array?.compactMap(\.string) ?? []) })
    }
}

extension SimulatedAnswer {
    var json: SandboxJSON { SandboxJSON(body) ?? nil }
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a header; nil if the answer does not have it once.
    func header(_ name: String) -> String? {
        let values = headers.filter { $0.0.lowercased() == name.lowercased() }.map(\.1)
        return values.count == 1 ? values[0] : nil
    }
}

/// Events as each vendor's API takes them.
enum ProbeEvent {
    static func lago(
        _ id: String,
        _ time: String = "1793491200",
        code: String = "api",
        customer: String = "s",
        n: Int = 1
    )
        -> String
    {
        #"{"transaction_id":"\#(id)","external_subscription_id":"\#(customer)","code":"\#(code)","timestamp":"\#(time)","properties":{"n":\#(n)}}"#
    }

    /// Its name is its id, as far as a test wants to see it in a list.
    static func polar(
        _ id: String,
        _ time: String? = nil,
        name: String? = nil,
        customer: String = "c",
        more: String = ""
    )
        -> String
    {
        let timestamp = time.map { ",\"timestamp\":\"\($0)\"" } ?? ""
        return
            #"{"name":"\#(name ?? id)","external_id":"\#(id)","external_customer_id":"\#(customer)"\#(timestamp)\#(more)}"#
    }

    static func flexprice(
        _ id: String,
        _ time: String = "2026-11-01T00:00:00Z",
        name: String = "api",
        customer: String = "c",
        properties: String = #"{"n":"1"}"#
    ) -> String {
        #"{"event_id":"\#(id)","event_name":"\#(name)","external_customer_id":"\#(customer)","timestamp":"\#(time)","properties":\#(properties)}"#
    }
}
