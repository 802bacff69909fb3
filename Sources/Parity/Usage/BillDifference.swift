package import Events

/// What the differences of a customer's bill cost, added up in one currency.
package struct BillDifference: Sendable, Equatable {
    /// ISO 4217, as the vendor writes it.
    package let currency: String
    /// In millionths of the main unit, at most what fits.
    private var tooLittle: Int64
    private var tooMuch: Int64

    /// The smallest parts in which vendors compute.
    private static let decimals = 6

    /// Nothing.
    package init(currency: String) {
        self.currency = currency
        (tooLittle, tooMuch) = (0, 0)
    }

    /// Differences with other parts than vendors have count nothing.
    package mutating func add(_ worth: UsageWorth) {
        let (money, isTooLittle) = worth.error
        guard worth.currency == currency, let amount = Self.millionths(money) else { return }
        if isTooLittle {
            tooLittle = Self.sum(tooLittle, amount)
        } else {
            tooMuch = Self.sum(tooMuch, amount)
        }
    }

    /// What the vendor bills too little; never negative.
    package var little: Money { Self.money(tooLittle) }
    /// What the vendor bills too much; never negative.
    package var much: Money { Self.money(tooMuch) }
    /// Both together: a bill with 5 too much and 5 too little is wrong by 10.
    package var total: Money { Self.money(millionths) }
    /// ``total`` in millionths of the main unit.
    package var millionths: Int64 { Self.sum(tooLittle, tooMuch) }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflows) = left.addingReportingOverflow(right)
        return overflows ? .max : sum
    }

    private static func millionths(_ money: Money) -> Int64? {
        guard money.decimals <= decimals else { return nil }
        let scale = (0..<(decimals - money.decimals)).reduce(Int64(1)) { power, _ in power * 10 }
        let (amount, overflows) = money.minor.multipliedReportingOverflow(by: scale)
        return overflows ? .max : amount
    }

    /// With two decimals, or as many more as are needed.
    private static func money(_ millionths: Int64) -> Money {
        var (minor, decimals) = (millionths, decimals)
        while decimals > 2, minor % 10 == 0 {
            minor /= 10
            decimals -= 1
        }
        return Money(minor: minor, decimals: decimals)
    }
}

extension BillDifference {
    /// The differences of one bill, by currency.
    package static func sums(_ differences: [ContentDifference]) -> [BillDifference] {
        var sums: [String: BillDifference] = [:]
        for worth in differences.lazy.compactMap({ UsageWorth($0) }) {
            sums[worth.currency, default: BillDifference(currency: worth.currency)].add(worth)
        }
        return sums.values.filter { $0.millionths > 0 }.sorted { $0.currency < $1.currency }
    }
}
