import Events
import Journal

@testable import DeliveryEngine

extension DeliveryItem {
    /// An item for tests; its id, identity and bytes follow from its number.
    static func sample(
        _ number: Int64,
        identity: String? = nil,
        bytes: Int = 100,
        attemptsBefore: Int = 0,
        reachedAt: Timestamp? = nil,
        standing: Standing = .fresh,
        acceptedAt: Timestamp = Timestamp(milliseconds: 1_700_000_000_000)
    ) -> DeliveryItem {
        var item = DeliveryItem(
            sequence: SequenceNumber(number),
            id: EventID("evt-\(number)"),
            acceptedAt: acceptedAt,
            translated: TranslatedEvent(
                bytes: [UInt8](repeating: UInt8(ascii: "1"), count: bytes),
                identity: identity ?? "evt-\(number)"
            ),
            attemptsBefore: attemptsBefore,
            reachedAt: reachedAt
        )
        item.standing = standing
        return item
    }
}

extension DeliveryBatch {
    /// The journal's numbers of the events in it.
    var numbers: [Int64] { items.map(\.sequence.rawValue) }
}
