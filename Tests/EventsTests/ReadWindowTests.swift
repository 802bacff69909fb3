import Events
import TestSupport
import Testing

@Suite struct ReadWindowTests {
    private func window(_ from: Int64, _ until: Int64) -> ReadWindow {
        ReadWindow(from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until))
    }

    @Test func `has its first millisecond and not its end`() {
        let window = window(10, 12)
        #expect((8...13).filter { window.contains(Timestamp(milliseconds: $0)) } == [10, 11])
        #expect(window.milliseconds == 2)
    }

    @Test(arguments: [(0, 1), (-1, 0), (253_402_300_799_998, 253_402_300_799_999)] as [(Int64, Int64)])
    func `a millisecond has no halves`(from: Int64, until: Int64) { #expect(window(from, until).halves == nil) }

    /// Halves of halves down to milliseconds: each millisecond is in one of them, and none is empty.
    @Test(
        arguments: [(0, 2), (-1, 2), (-1000, -7), (5, 1029), (-62_167_219_200_000, -62_167_219_199_000)]
            as [(Int64, Int64)]
    )
    func `halves hold the whole without a gap`(from: Int64, until: Int64) {
        var rest = [window(from, until)]
        var next = from
        while let one = rest.popLast() {
            if let (early, late) = one.halves {
                #expect(early.from == one.from && early.until == late.from && late.until == one.until)
                #expect(abs(early.milliseconds - late.milliseconds) <= 1)
                rest += [late, early]
            } else {
                #expect(one.from.milliseconds == next && one.milliseconds == 1)
                next += 1
            }
        }
        #expect(next == until)
    }

    @Test func `the widest window that there is has halves`() throws {
        let all = window(.min, .max)
        let (early, late) = try #require(all.halves)
        #expect(early.milliseconds + late.milliseconds == all.milliseconds)
    }

    @Test(
        arguments: [
            ("n", nil, nil, true), ("n", "c", nil, true), ("n", nil, "s", true), ("n", "c", "s", true),
            ("m", nil, nil, false),
            ("n", "d", nil, false), ("n", nil, "t", false), ("n", "d", "s", false),
        ] as [(String, String?, String?, Bool)]
    )
    func `an owner has the events of its name, customer and subscription, where it names them`(
        name: String,
        customer: String?,
        subscription: String?,
        has: Bool
    ) {
        let event = VendorEvent(
            id: "1",
            name: "n",
            customerID: "c",
            subscriptionID: "s",
            timestamp: Timestamp(milliseconds: 0),
            properties: nil
        )
        #expect(WindowOwner(name: name, customerID: customer, subscriptionID: subscription).has(event) == has)
    }
}
