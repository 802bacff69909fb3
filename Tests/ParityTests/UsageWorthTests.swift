import Events
import Parity
import Testing

@Suite struct UsageWorthTests {
    private func price(_ sent: String?, _ shown: String, _ amount: String?, _ currency: String = "EUR") -> UsageWorth? {
        UsageWorth(
            of: sent,
            VendorUsage(
                metric: "m",
                customerID: "c",
                units: shown,
                events: nil,
                period: nil,
                billed: amount.map { BilledAmount(amount: $0, currency: currency) }
            )
        )
    }

    @Test(arguments: [
        ("140", "120", "12.00", "EUR", "14.00 EUR", "12.00 EUR"), ("120", "140", "14", "EUR", "12.00 EUR", "14.00 EUR"),
        ("0", "3", "0.30", "EUR", "0.00 EUR", "0.30 EUR"), ("1", "3", "1.00", "EUR", "0.33 EUR", "1.00 EUR"),
        ("2", "3", "1.00", "EUR", "0.67 EUR", "1.00 EUR"), ("1.5e2", "0.1e3", "7", "JPY", "11 JPY", "7 JPY"),
        ("3", "2", "0.0234", "USD", "0.0351 USD", "0.0234 USD"),
        ("2", "1", "0.00000004", "USD", "0.000000 USD", "0.000000 USD"), ("5", "4", "0", "EUR", "0.00 EUR", "0.00 EUR"),
        ("12345678901234567", "0.5", "0.01", "EUR", "246913578024691.34 EUR", "0.01 EUR"),
    ])
    func `is what was sent at the vendor's average price, beside what it bills`(
        sent: String,
        shown: String,
        amount: String,
        currency: String,
        due: String,
        billed: String
    ) throws {
        let difference = try #require(price(sent, shown, amount, currency)).difference
        #expect(difference == ContentDifference(field: "amount", kind: .money, sent: due, shown: billed))
    }

    @Test func `is not guessed where the vendor tells no amount, or bills nothing that has a price`() {
        #expect(price("5", "4", nil) == nil)
        #expect(price("5", "0", "0") == nil)
        #expect(price("5", "0", "3.00") == nil)
        #expect(price(nil, "4", "3.00") == nil)
        #expect(UsageWorth(of: "5", nil) == nil)
    }

    @Test(arguments: [
        ("-5", "4", "3.00"), ("5", "-4", "3.00"), ("5", "4", "-3.00"), ("five", "4", "3"), ("5", "4", "three"),
        ("123456789012345678", "4", "3"), ("1e31", "4", "3"), ("1e30", "1e-30", "1e30"), ("1e-30", "1e30", "1e-30"),
        ("99999999999999999", "1", "99999999999999999"),
    ])
    func `is not told of negative numbers, nor of those without a bound`(sent: String, shown: String, amount: String) {
        #expect(price(sent, shown, amount) == nil)
    }

    @Test func `says on which side the bill is wrong`() throws {
        let low = try #require(price("140", "120", "12.00")).sentence
        #expect(
            low
                == "About 2.00 EUR too little: the vendor bills 12.00 EUR, and 14.00 EUR at the same price per unit is what was sent."
        )
        #expect(try #require(price("100", "120", "12.00")).sentence.hasPrefix("About 2.00 EUR too much: "))
        #expect(try #require(price("100.001", "100", "1.00")).sentence.hasPrefix("About 0.00 EUR: "))
    }

    @Test(arguments: ["12.00", "7", "0.0234"]) func `is read back from a finding`(amount: String) throws {
        let worth = try #require(price("3", "2", amount))
        #expect(UsageWorth(worth.difference) == worth)
    }

    @Test(
        arguments: [
            ("2.00 EUR", "1.00 USD"), ("2.00 EUR", "1 EUR"), ("2.00", "1.00"), ("x EUR", "y EUR"),
            ("-2.00 EUR", "1.00 EUR"),
            (nil, "1.00 EUR"), ("1.2.3 EUR", "1.00 EUR"), ("", ""),
        ] as [(String?, String?)]
    )
    func `is not read from anything else`(sent: String?, shown: String?) {
        #expect(UsageWorth(ContentDifference(field: "amount", kind: .money, sent: sent, shown: shown)) == nil)
        let content = ContentDifference(field: "amount", kind: .value, sent: "2.00 EUR", shown: "1.00 EUR")
        #expect(UsageWorth(content) == nil)
    }
}
