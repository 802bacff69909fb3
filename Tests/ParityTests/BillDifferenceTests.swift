import Events
import Parity
import Testing

@Suite struct BillDifferenceTests {
    private func money(_ sent: String, _ shown: String) -> ContentDifference {
        ContentDifference(field: "amount", kind: .money, sent: sent, shown: shown)
    }

    @Test func `adds up what a bill is wrong by, to either side`() throws {
        let sums = BillDifference.sums([
            money("14.00 EUR", "12.00 EUR"), money("1.00 EUR", "4.50 EUR"), money("0.000001 EUR", "0.000000 EUR"),
            ContentDifference(field: "units", kind: .value, sent: "14", shown: "12"),
        ])
        let euros = try #require(sums.first)
        #expect(sums.count == 1 && euros.currency == "EUR")
        #expect(euros.little.text == "2.000001" && euros.much.text == "3.50" && euros.total.text == "5.500001")
    }

    @Test func `adds up each currency alone, and leaves out what is right`() {
        let sums = BillDifference.sums([
            money("14 JPY", "11 JPY"), money("1.00 EUR", "2.00 EUR"), money("5 USD", "5 USD"),
        ])
        #expect(sums.map(\.currency) == ["EUR", "JPY"])
        #expect(sums.map(\.much.text) == ["1.00", "0.00"] && sums.map(\.little.text) == ["0.00", "3.00"])
    }

    @Test func `stops at the largest amount that fits`() throws {
        let large = money("9000000000000000.00 EUR", "0.00 EUR")
        let sum = try #require(BillDifference.sums([large, large]).first)
        #expect(sum.millionths == .max)
    }

    private func customer(_ id: String, _ findings: Int, _ billed: Int, _ differences: [ContentDifference] = [])
        -> ParityCustomer
    {
        ParityCustomer(
            customerID: id,
            provider: "lago",
            findings: findings,
            billed: billed,
            differences: BillDifference.sums(differences)
        )
    }

    @Test(
        arguments: [
            (.money, ["d", "c", "a", "b"]), (.wrongBills, ["a", "b", "c", "d"]), (.findings, ["b", "a", "c", "d"]),
        ] as [(ParityCustomer.Order, [String])]
    )
    func `sorts customers by one number, then by the others`(order: ParityCustomer.Order, ids: [String]) {
        let customers = [
            customer("a", 3, 2), customer("b", 9, 1), customer("c", 2, 1, [money("1.00 EUR", "2.00 EUR")]),
            customer("d", 1, 1, [money("1.00 EUR", "0.00 EUR"), money("3.00 USD", "1.00 USD")]),
        ]
        #expect(ParityCustomer.sorted(customers, by: order).compactMap(\.customerID) == ids)
    }

    @Test func `gives each customer its own findings of money`() {
        let findings = [
            MoneyFinding(customerID: "a", provider: "lago", differences: [money("1.00 EUR", "2.00 EUR")]),
            MoneyFinding(customerID: "a", provider: "polar", differences: [money("1.00 EUR", "9.00 EUR")]),
            MoneyFinding(customerID: "a", provider: "lago", differences: [money("1.00 EUR", "2.50 EUR")]),
        ]
        let customers = ParityCustomer.adding(findings, to: [customer("a", 3, 2), customer("b", 1, 1)])
        #expect(customers.map { $0.differences.map(\.total.text) } == [["2.50"], []])
    }

    @Test func `keeps the money of customers apart whose IDs are two forms of one text`() {
        let (one, other) = ("caf\u{E9}", "cafe\u{301}")
        let findings = [
            MoneyFinding(customerID: one, provider: "lago", differences: [money("1.00 EUR", "2.00 EUR")]),
            MoneyFinding(customerID: other, provider: "lago", differences: [money("1.00 EUR", "9.00 EUR")]),
        ]
        let customers = ParityCustomer.adding(findings, to: [customer(one, 1, 1), customer(other, 1, 1)])
        #expect(customers.map { $0.differences.map(\.total.text) } == [["1.00"], ["8.00"]])
    }
}
