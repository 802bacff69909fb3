import Events
import JSON
import Parity

/// `GET /v1/usage/metrics`: the metrics that vendors bill by, and which of them are equivalent.
struct UsageMetricsHandler: Sendable {
    private let vendors: VendorReadHandler

    /// Maximum number of providers in one proposal.
    private static let most = 8

    init(_ services: EndpointServices) { vendors = VendorReadHandler(services) }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let names = try ListParameters(call.query, allowed: ["provider"]).all("provider").map { ProviderName($0) }
        guard (2...Self.most).contains(names.count), Set(names).count == names.count else {
            throw Problem.badParameter("provider", "must name 2 to \(Self.most) different providers")
        }
        var catalogues: [MetricCatalogue] = []
        for name in names { catalogues.append(try await vendors.catalogue(at: name, for: call.caller)) }
        return .json(Self.json(MetricProposal(catalogues)))
    }

    private static func json(_ proposal: MetricProposal) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.key("pairs")
        writer.beginArray()
        for pair in proposal.pairs { write(pair, to: &writer) }
        writer.endArray()
        writer.key("singles")
        writer.beginArray()
        for single in proposal.singles { write(single, to: &writer) }
        writer.endArray()
        writer.key("metrics")
        if let metrics = proposal.metrics { writer.raw(Array(metrics.text.utf8)) } else { writer.null() }
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ pair: MetricProposal.Pair, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", string: pair.name)
        writer.member("aggregate", stringOrNull: pair.metric?.aggregate.rawValue)
        writer.member("property", stringOrNull: pair.metric?.property)
        writer.key("ids")
        writer.beginObject()
        for (provider, id) in pair.ids.sorted(by: { $0.key < $1.key }) {
            writer.member(provider.rawValue, string: id)
        }
        writer.endObject()
        writer.member("differences", strings: pair.differences)
        writer.endObject()
    }

    private static func write(_ single: MetricProposal.Single, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: single.provider.rawValue)
        writer.member("id", string: single.metric.id)
        writer.member("name", string: single.metric.name)
        writer.member("event_name", stringOrNull: single.name)
        writer.member("aggregate", string: single.metric.vendorAggregate)
        writer.member("property", stringOrNull: single.metric.property)
        writer.member("filter", stringOrNull: single.metric.filter)
        writer.endObject()
    }
}
