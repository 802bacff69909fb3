import Access
package import Events
import JSON
import Routing

/// Says whether the gateway can do its work, part by part; implemented by `Gateway`.
package protocol ReadinessReporting: Sendable {
    /// Every part that matters, in a fixed order.
    func report() async -> ReadinessReport
}

/// One part of the gateway, and whether it is ready.
package struct ReadinessItem: Sendable, Equatable {
    /// Such as `store` or `routes`.
    package let name: String
    /// The provider that it concerns; nil for a part that all tenants share.
    package let provider: ProviderName?
    package let isReady: Bool
    /// The state; for a part that is not ready, how to fix it.
    package let detail: String
    /// Whether the gateway as a whole is not ready without it. An unreachable vendor is not essential, because events are accepted
    /// anyway.
    package let isEssential: Bool

    package init(
        name: String,
        provider: ProviderName? = nil,
        isReady: Bool,
        detail: String,
        isEssential: Bool
    ) {
        self.name = name
        self.provider = provider
        self.isReady = isReady
        self.detail = detail
        self.isEssential = isEssential
    }
}

/// The response of `GET /readyz`: to anyone whether the gateway is ready, to clients also which part is not.
package struct ReadinessReport: Sendable, Equatable {
    /// Whether every essential part is ready.
    package let isReady: Bool
    /// Nil for a request without a key: names of parts reveal who uses the gateway.
    package let items: [ReadinessItem]?

    /// Ready if all essential parts are.
    package init(_ items: [ReadinessItem]) {
        isReady = items.allSatisfy { $0.isReady || !$0.isEssential }
        self.items = items
    }

    private init(isReady: Bool, items: [ReadinessItem]?) {
        self.isReady = isReady
        self.items = items
    }

    /// The report without its parts.
    var summary: ReadinessReport { ReadinessReport(isReady: isReady, items: nil) }

    /// The report with the parts that a client may see: only the providers whose state it may read.
    func seen(by client: Client, in routes: Routes) -> ReadinessReport {
        let seen = routes.providersSeen(by: client)
        let visible = items?.filter { item in
            item.provider.map { provider in seen?.contains { $0.name == provider } ?? true } ?? true
        }
        return ReadinessReport(isReady: isReady, items: visible)
    }

    /// For programs; without ``items`` the state alone.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("status", string: isReady ? "ready" : "not ready")
        if let items {
            writer.key("parts")
            writer.beginArray()
            for item in items { Self.write(item, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ item: ReadinessItem, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", string: item.name)
        writer.member("ready", bool: item.isReady)
        writer.member("detail", string: item.detail)
        writer.endObject()
    }
}
