extension Duration {
    /// In milliseconds, truncated towards zero, and clamped to the range of `Int64`.
    package var wholeMilliseconds: Int64 { whole(perSecond: 1000) }

    /// In microseconds, truncated towards zero, and clamped to the range of `Int64`.
    package var wholeMicroseconds: Int64 { whole(perSecond: 1_000_000) }

    /// In seconds, to the precision of a `Double`.
    package var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    private func whole(perSecond units: Int64) -> Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: units)
        let (sum, isBeyond) = whole.addingReportingOverflow(attoseconds / (1_000_000_000_000_000_000 / units))
        guard overflows || isBeyond else { return sum }
        return seconds < 0 ? .min : .max
    }
}
