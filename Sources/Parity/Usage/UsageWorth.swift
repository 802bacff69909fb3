package import Events
import JSON

/// What a difference of billed units costs, by the vendor's own figures: at the average price per unit that it bills. Prices in tiers,
/// minimums and free units may price the difference itself otherwise, and where the vendor tells no amount, none is guessed.
package struct UsageWorth: Sendable, Equatable {
    /// What the vendor would bill for what was sent.
    private let due: Money
    /// What it bills.
    private let billed: Money
    package let currency: String

    /// - Parameter units: that the vendor should bill.
    /// - Returns: nil if it cannot be told: the vendor names no amount, or bills no units, and so no price.
    package init?(of units: String?, _ shown: VendorUsage?) {
        guard let shown, let billed = shown.billed, let amount = Factor(billed.amount), let price = Factor(shown.units),
            let units = units.flatMap({ Factor($0) }), price.digits > 0
        else { return nil }
        let usual = Money(minor: 0, currency: billed.currency).decimals
        let decimals = min(max(usual, -amount.exponent), Self.mostDecimals)
        let one = Factor(digits: 1, exponent: 0)
        guard let due = Self.minor(amount, units, by: price, decimals),
            let known = Self.minor(amount, one, by: one, decimals)
        else { return nil }
        self.due = Money(minor: due, decimals: decimals)
        self.billed = Money(minor: known, decimals: decimals)
        currency = billed.currency
    }

    /// - Returns: nil of another difference than ``difference`` has made.
    package init?(_ difference: ContentDifference) {
        guard difference.kind == .money, let sent = difference.sent.flatMap(Self.parts),
            let shown = difference.shown.flatMap(Self.parts), sent.currency == shown.currency,
            sent.amount.decimals == shown.amount.decimals
        else { return nil }
        (due, billed, currency) = (sent.amount, shown.amount, sent.currency)
    }

    /// As it is kept with a finding.
    package var difference: ContentDifference {
        ContentDifference(
            field: "amount",
            kind: .money,
            sent: "\(due.text) \(currency)",
            shown: "\(billed.text) \(currency)"
        )
    }

    /// By how much the bill is wrong, never negative, and to which side.
    var error: (amount: Money, isTooLittle: Bool) {
        (Money(minor: abs(due.minor - billed.minor), decimals: due.decimals), due.minor > billed.minor)
    }

    /// For people, as a sentence.
    package var sentence: String {
        let worth = Money(minor: abs(due.minor - billed.minor), decimals: due.decimals)
        let amount = "\(worth.text) \(currency)"
        let side = due.minor > billed.minor ? " too little" : due.minor < billed.minor ? " too much" : ""
        return "About \(amount)\(side): the vendor bills \(billed.text) \(currency), "
            + "and \(due.text) \(currency) at the same price per unit is what was sent."
    }

    // MARK: Numbers

    /// Vendors compute with up to so many decimals.
    private static let mostDecimals = 6
    /// Far below an overflow of a difference of two.
    private static let mostMinor: Int128 = 1_000_000_000_000_000_000

    /// A number that is not negative: digits times a power of ten.
    private struct Factor {
        let digits: Int128
        let exponent: Int

        init(digits: Int128, exponent: Int) {
            self.digits = digits
            self.exponent = exponent
        }

        /// - Returns: nil for a negative number, and for one with more digits than amounts have.
        init?(_ text: String) {
            guard let number = JSONNumber(text), !number.isNegative || number.digits.isEmpty, number.digits.count <= 17,
                (-30...30).contains(number.exponent)
            else { return nil }
            digits = number.digits.reduce(0) { $0 * 10 + Int128($1) }
            exponent = number.exponent
        }
    }

    /// `amount * units / price` in units of the last decimal, rounded to the nearest.
    private static func minor(_ amount: Factor, _ units: Factor, by price: Factor, _ decimals: Int) -> Int64? {
        let power = amount.exponent + units.exponent - price.exponent + decimals
        guard let scale = powerOfTen(abs(power)) else { return nil }
        // At most 34 digits.
        let product = amount.digits * units.digits
        let (above, isTooLarge) = product.multipliedReportingOverflow(by: power > 0 ? scale : 1)
        let (below, isTooSmall) = price.digits.multipliedReportingOverflow(by: power < 0 ? scale : 1)
        guard !isTooLarge, !isTooSmall else { return nil }
        let (whole, rest) = above.quotientAndRemainder(dividingBy: below)
        let rounded = whole + (rest >= below - rest ? 1 : 0)
        return rounded <= mostMinor ? Int64(rounded) : nil
    }

    private static func powerOfTen(_ exponent: Int) -> Int128? {
        guard exponent <= 37 else { return nil }
        return (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    private static func parts(_ text: String) -> (amount: Money, currency: String)? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2 else { return nil }
        let number = words[0].split(separator: ".", omittingEmptySubsequences: false)
        guard number.count <= 2, let minor = Int64(number.joined()), minor >= 0 else { return nil }
        let decimals = number.count == 2 ? number[1].count : 0
        return (Money(minor: minor, decimals: decimals), String(words[1]))
    }
}
