import Events

/// What a destination at Lago can be told in `routes.json`.
enum LagoSettings {
    static let fields = [
        SettingField(
            name: "subscription_id",
            kind: .template,
            summary: "The subscription of events that bring none, made of the event's fields: \"sub_{customer_id}\". Lago bills "
                + "subscriptions, so an event without one cannot be sent."
        )
    ]

    /// The subscription of an event: its own, else what the destination's template makes of it.
    static func subscription(of event: AcceptedEvent, for destination: Destination) throws(Untranslatable) -> String {
        if let subscription = event.subscriptionID { return subscription }
        guard let template = destination.settings.text("subscription_id") else {
            throw Untranslatable(
                field: "subscription_id",
                message: "Lago bills subscriptions; give subscription_id, or set the destination's \"subscription_id\" to a "
                    + "template such as \"sub_{customer_id}\""
            )
        }
        return try EventTemplate(template).text(for: event)
    }
}
