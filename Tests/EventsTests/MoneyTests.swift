import Events
import JSON
import TestSupport
import Testing

/// Money is whole minor units: written and added without a rounding.
@Suite struct MoneyTests {
    @Test func `its text is the number of minor units, moved by the decimals`() throws {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let minor = Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random)
            let decimals = Int.random(in: 0...6, using: &random)
            let text = Money(minor: minor, decimals: decimals).text
            let number = try #require(JSONNumber(text), "\(text)")
            #expect(number == JSONNumber("\(minor)e-\(decimals)"), "seed \(SeededRandom.seed): \(minor), \(decimals)")
            // Always so many decimals, one digit at least in front of them, and no sign of nothing.
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            #expect(parts.count == (decimals > 0 ? 2 : 1) && (decimals == 0 || parts[1].utf8.count == decimals))
            #expect(parts[0].contains { $0.isNumber } && text.hasPrefix("-") == (minor < 0))
        }
    }

    /// ISO 4217: most currencies have two decimals.
    @Test(arguments: [
        ("EUR", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("CLP", 0), ("VND", 0), ("XOF", 0), ("KWD", 3), ("BHD", 3),
        ("TND", 3), ("jpy", 2), ("JPY ", 2), ("", 2), ("???", 2),
    ])
    func `knows the decimals of a currency by its exact code`(currency: String, decimals: Int) {
        #expect(Money(minor: 1, currency: currency).decimals == decimals)
    }

    private func charge(_ minor: Int64, _ currency: String) -> Estimate.Charge {
        let money = Money(minor: minor, currency: currency)
        return Estimate.Charge(
            name: nil,
            currency: currency,
            units: nil,
            unitAmount: nil,
            amount: money,
            taxes: Money(minor: 0, currency: currency),
            total: money
        )
    }

    @Test func `adds the totals of charges in one currency, as far as they can be added`() {
        var random = SeededRandom()
        for _ in 0..<500 {
            let minors = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random)
            }
            let currency = ["EUR", "JPY", "KWD"].randomElement(using: &random) ?? "EUR"
            let total = Estimate(charges: minors.map { charge($0, currency) }).total
            // Each partial sum must fit, since they are added one by one.
            var (sum, fits) = (Int128(0), true)
            for minor in minors {
                sum += Int128(minor)
                fits = fits && sum >= Int128(Int64.min) && sum <= Int128(Int64.max)
            }
            #expect(total?.amount.minor == (fits ? Int64(sum) : nil), "seed \(SeededRandom.seed): \(minors)")
            #expect(total?.currency == (fits ? currency : nil))
            if fits { #expect(total?.amount.decimals == Money(minor: 0, currency: currency).decimals) }
        }
    }
}
