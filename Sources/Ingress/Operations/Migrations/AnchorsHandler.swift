import Events
import JSON
import Migration
import Routing

/// `GET /v1/migrations/{name}/anchors`: when the customers' billing periods begin, according to the subscriptions at the old provider;
/// one page at a time.
struct AnchorsHandler: Sendable {
    private let routes: CurrentRoutes
    private let vendors: VendorReadHandler

    init(_ services: EndpointServices) {
        routes = services.given.routes
        vendors = VendorReadHandler(services)
    }

    func respond(to call: EndpointCall) async throws -> EndpointResponse {
        let cursor = try ListParameters(call.query, allowed: ["cursor"]).single("cursor")
        let name = MigrationName(call.parameter)
        let routes = routes.current.routes
        guard let migration = routes.migration(named: name), routes.maySee(migration, call.client) else {
            throw Problem(MigrationRefusal.unknown(name))
        }
        let page = try await vendors.subscriptions(at: migration.from, after: cursor, for: call.caller)
        var writer = JSONWriter(capacity: 128 * (page.subscriptions.count + 1))
        writer.beginObject()
        writer.key("anchors")
        writer.beginArray()
        var unknown: [(VendorSubscription, String)] = []
        for subscription in page.subscriptions {
            do throws(AnchorProposal.Unknown) {
                try AnchorProposal(subscription, for: migration).write(to: &writer)
            } catch {
                unknown.append((subscription, error.reason))
            }
        }
        writer.endArray()
        writer.key("unknown")
        writer.beginArray()
        for (subscription, reason) in unknown {
            writer.beginObject()
            writer.member("subscription_id", string: subscription.id)
            writer.member("customer_id", stringOrNull: subscription.customerID)
            writer.member("reason", string: reason)
            writer.endObject()
        }
        writer.endArray()
        writer.member("next_cursor", stringOrNull: page.next)
        writer.endObject()
        return .json(writer.bytes)
    }
}

extension AnchorProposal {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("customer_id", string: customer)
        writer.member("anchor", string: anchor)
        writer.member("interval", stringOrNull: interval)
        writer.endObject()
    }
}
