import Events
import Journal
import Randomness
import Testing

@testable import JournalFormat

/// Pages of several sources in one order.
@Suite struct DeliveryMergeTests {
    private static let providers: [ProviderName] = ["polar", "lago", "flexprice"]
    /// Not in the order of the names.
    private static let numbers = Dictionary(uniqueKeysWithValues: zip(providers, [1, 2, 3] as [Int64]))

    private static func delivery(_ sequence: Int64, _ provider: ProviderName) -> ArchivedDelivery {
        let now = Timestamp(milliseconds: 0)
        let plan = Plan(route: nil, destinations: [])
        return ArchivedDelivery(
            cursor: DeliveryCursor(sequence: SequenceNumber(sequence), provider: provider),
            event: AcceptedEvent(
                CanonicalEvent(name: "n"),
                id: EventID("e\(sequence)"),
                in: Submission(tenant: "shop", client: "web", acceptedAt: now, plan: plan)
            ),
            delivery: Delivery(provider: provider, adapter: "polar", mode: .mirror, status: .rejected)
        )
    }

    private static func isBefore(_ left: DeliveryCursor, _ right: DeliveryCursor) -> Bool {
        (left.sequence.rawValue, numbers[left.provider] ?? 0) < (right.sequence.rawValue, numbers[right.provider] ?? 0)
    }

    /// The part of a source that a read with a limit finds after a place.
    private static func page(_ source: [ArchivedDelivery], after cursor: DeliveryCursor?, limit: Int) -> DeliveryPage {
        let rest = source.filter { item in cursor.map { isBefore($0, item.cursor) } ?? true }
        let found = Array(rest.prefix(limit))
        return DeliveryPage(deliveries: found, next: rest.count > limit ? found.last?.cursor : nil)
    }

    @Test(arguments: 1...40)
    func `has everything once and in order, page after page`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let all = (1...40 as ClosedRange<Int64>).flatMap { sequence in
            Self.providers.filter { _ in Bool.random(using: &random) }.map { Self.delivery(sequence, $0) }
        }
        var sources: [[ArchivedDelivery]] = [[], [], []]
        for item in all { sources[Int.random(in: 0..<3, using: &random)].append(item) }
        let limit = Int.random(in: 1...20, using: &random)
        var found: [DeliveryCursor] = []
        var cursor: DeliveryCursor?
        repeat {
            // Sources may stop earlier than was asked for, as one does whose time is up.
            let pages = sources.map {
                Self.page($0, after: cursor, limit: Int.random(in: 1...limit, using: &random))
            }
            var merge = DeliveryMerge(numbers: Self.numbers, pages[0])
            for page in pages.dropFirst() { merge.add(page) }
            let page = merge.page(limit: limit)
            #expect(page.deliveries.count <= limit)
            found += page.deliveries.map(\.cursor)
            cursor = page.next
        } while cursor != nil
        #expect(found == all.map(\.cursor))
    }

    @Test func `goes no further than the source that stopped first`() {
        let first = DeliveryPage(
            deliveries: [Self.delivery(1, "polar"), Self.delivery(5, "polar")],
            next: Self.delivery(5, "polar").cursor
        )
        let second = DeliveryPage(
            deliveries: [Self.delivery(2, "lago"), Self.delivery(9, "lago")],
            next: nil
        )
        var merge = DeliveryMerge(numbers: Self.numbers, first)
        merge.add(second)
        let page = merge.page(limit: 9)
        #expect(page.deliveries.map(\.cursor.sequence.rawValue) == [1, 2, 5])
        #expect(page.next == Self.delivery(5, "polar").cursor)
    }

    @Test func `orders the deliveries of an event by their accounts`() {
        var merge = DeliveryMerge(
            numbers: Self.numbers,
            DeliveryPage(deliveries: [Self.delivery(1, "flexprice")], next: nil)
        )
        merge.add(DeliveryPage(deliveries: [Self.delivery(1, "lago"), Self.delivery(1, "polar")], next: nil))
        #expect(merge.page(limit: 9).deliveries.map(\.cursor.provider) == ["polar", "lago", "flexprice"])
        let some = merge.page(limit: 2)
        #expect(some.deliveries.count == 2 && some.next == Self.delivery(1, "lago").cursor)
    }
}
