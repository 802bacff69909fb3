import Events
import Parity
import Randomness
import Testing

/// Lists of customers, whatever their bills are wrong by.
@Suite struct ParityCustomerTests {
    private static func worth(_ sent: String, _ shown: String) -> ContentDifference {
        ContentDifference(field: "amount", kind: .money, sent: sent, shown: shown)
    }

    private static func customers(_ random: inout SplitMix) -> [ParityCustomer] {
        (0..<20).map { number in
            let euros = Int.random(in: 0...2, using: &random)
            let yen = Int.random(in: 0...2, using: &random)
            return ParityCustomer(
                customerID: "c\(number)",
                provider: "lago",
                findings: Int.random(in: 0...2, using: &random),
                billed: Int.random(in: 0...2, using: &random),
                differences: BillDifference.sums([
                    worth("\(euros).00 EUR", "0.00 EUR"), worth("0 JPY", "\(yen) JPY"),
                ])
            )
        }
    }

    /// Against a comparison of the numbers one after another; equal ones keep the order in which they came.
    @Test(arguments: ParityCustomer.Order.allCases, 1...20)
    func `are sorted by one number, then by the others, and else stay as they were`(
        order: ParityCustomer.Order,
        seed: Int
    ) {
        var random = SplitMix(seed: UInt64(seed))
        let customers = Self.customers(&random)
        func numbers(_ customer: ParityCustomer) -> [Int] {
            let money = customer.differences.map { Int($0.millionths) }.max() ?? 0
            return switch order {
            case .money: [money, customer.billed, customer.findings]
            case .wrongBills: [customer.billed, customer.findings]
            case .findings: [customer.findings, customer.billed]
            }
        }
        let sorted = ParityCustomer.sorted(customers, by: order)
        #expect(Set(sorted.compactMap(\.customerID)).count == customers.count, "seed \(seed)")
        for (one, next) in zip(sorted, sorted.dropFirst()) {
            let (left, right) = (numbers(one), numbers(next))
            #expect(!left.lexicographicallyPrecedes(right), "seed \(seed)")
            guard left == right else { continue }
            let places = [one, next].map { customer in customers.firstIndex { $0.customerID == customer.customerID }! }
            #expect(places[0] < places[1], "seed \(seed)")
        }
    }

    @Test func `of an event without a customer are one customer, whose money is its own`() {
        let nobody = ParityCustomer(customerID: nil, provider: "lago", findings: 1, billed: 1)
        let named = ParityCustomer(customerID: "", provider: "lago", findings: 1, billed: 1)
        let findings = [
            MoneyFinding(customerID: nil, provider: "lago", differences: [Self.worth("1.00 EUR", "3.00 EUR")])
        ]
        let found = ParityCustomer.adding(findings, to: [nobody, named])
        #expect(found.map { $0.differences.map(\.total.text) } == [["2.00"], []])
    }

    /// A vendor computes with six decimals at most: what says more was written by something else.
    @Test(arguments: [
        ("0.0000001 EUR", "0.0000000 EUR"), ("5.00 EUR", "5.00 EUR"), ("1.00 EUR", "2.00 USD"), ("1.00", "2.00"),
    ])
    func `have no difference of what is no amount, or none`(sent: String, shown: String) {
        #expect(BillDifference.sums([Self.worth(sent, shown)]).isEmpty)
    }

    @Test func `keep too little and too much apart, and stop at the largest amount`() throws {
        let most = Self.worth("9223372036854.775807 EUR", "0.000000 EUR")
        let back = Self.worth("0.000000 EUR", "9223372036854.775807 EUR")
        let sum = try #require(BillDifference.sums([most, back]).first)
        #expect(sum.little.minor == .max && sum.much.minor == .max && sum.millionths == .max)
        #expect(sum.total.text == "9223372036854.775807")
    }
}
