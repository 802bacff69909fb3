import Events

/// The number of a page as a cursor: `2`.
enum PageNumber {
    /// Beyond it no vendor counts.
    private static let largest = 1_000_000

    /// - Parameters:
    ///   - cursor: nil for the first page.
    ///   - first: its number.
    /// - Returns: nil if the cursor is not ours.
    static func read(_ cursor: String?, first: Int = 1) -> Int? {
        guard let cursor else { return first }
        guard let number = Int(cursor), (first...largest).contains(number) else { return nil }
        return number
    }
}

extension VendorInquiry {
    /// A cursor that is not ours.
    static var unknownCursor: VendorInquiry<Value> {
        .failed(
            DeliveryFault(code: .invalidEvent, message: "the cursor is not one of this list; start at the beginning")
        )
    }
}
