import JSON

/// Says whether the gateway can do its work, part by part; `Gateway` fills it.
package protocol ReadinessReporting: Sendable {
    /// Every part that matters, in a fixed order.
    func report() async -> [ReadinessItem]
}

/// One part of the gateway, and whether it is ready.
package struct ReadinessItem: Sendable, Equatable {
    package let name: String
    package let isReady: Bool
    /// What holds; for a part that is not ready, the way out.
    package let detail: String
    /// Whether the gateway as a whole is not ready without it. A vendor that is away is none of these: events are taken all the same.
    package let isEssential: Bool

    package init(name: String, isReady: Bool, detail: String, isEssential: Bool) {
        self.name = name
        self.isReady = isReady
        self.detail = detail
        self.isEssential = isEssential
    }
}

extension [ReadinessItem] {
    var isReady: Bool { allSatisfy { $0.isReady || !$0.isEssential } }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("status", string: isReady ? "ready" : "not ready")
        writer.key("parts")
        writer.beginArray()
        for item in self {
            writer.beginObject()
            writer.member("name", string: item.name)
            writer.member("ready", bool: item.isReady)
            writer.member("detail", string: item.detail)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
