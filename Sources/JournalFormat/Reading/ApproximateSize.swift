package import Events

extension AcceptedEvent {
    /// About the bytes that it takes in memory and in an answer.
    package var approximateBytes: Int {
        let texts = [name, customerID, subscriptionID, source, idScope, id.rawValue].compactMap { $0?.utf8.count }
        return 256 + texts.reduce(0, +) + (properties?.bytes.count ?? 0) + (vendor?.bytes.count ?? 0)
    }
}

extension ArchivedEvent {
    /// About the bytes that it takes in memory and in an answer, with its deliveries.
    package var approximateBytes: Int { deliveries.reduce(event.approximateBytes) { $0 + $1.approximateBytes } }
}

extension Delivery {
    /// About the bytes that it takes in memory and in an answer, with its attempts.
    package var approximateBytes: Int {
        history.reduce(256 + (fault?.approximateBytes ?? 0)) { $0 + 128 + ($1.fault?.approximateBytes ?? 0) }
    }
}

extension DeliveryFault {
    fileprivate var approximateBytes: Int { 64 + message.utf8.count + (vendor?.utf8.count ?? 0) }
}
