/// How many different customers there are; exact up to a limit.
package struct DistinctCount: Sendable, Equatable {
    package private(set) var count = 0
    /// Whether there are more than ``count``.
    package private(set) var isExceeded = false
    /// A bit for each number that was added.
    private var seen: [UInt64] = []

    package init() {}

    /// - Parameter number: from ``CustomerNumbers``; nil for a customer beyond the limit.
    mutating func add(_ number: Int?) {
        guard let number else {
            isExceeded = true
            return
        }
        let (word, bit) = (number / 64, UInt64(1) << UInt64(number % 64))
        if word >= seen.count { seen.append(contentsOf: repeatElement(0, count: word + 1 - seen.count)) }
        guard seen[word] & bit == 0 else { return }
        seen[word] |= bit
        count += 1
    }
}

/// Numbers customers as they come, so that each is looked up once however many counts it is added to.
struct CustomerNumbers: Sendable {
    private var numbers: [UInt64: Int] = [:]

    /// A few megabytes.
    static let most = 100_000

    /// The customer's number, from 0; nil if there are too many.
    mutating func number(of customer: String) -> Int? {
        let hash = Self.hash(of: customer)
        if let known = numbers[hash] { return known }
        guard numbers.count < Self.most else { return nil }
        let number = numbers.count
        numbers[hash] = number
        return number
    }

    /// FNV-1a, which is the same for two of a hundred thousand customers once in four billion times.
    private static func hash(of customer: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in customer.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }
}
