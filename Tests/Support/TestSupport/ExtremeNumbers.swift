/// Numbers at which a program ends that does arithmetic with what it was sent.
package enum ExtremeNumbers {
    /// Each is a number by RFC 8259.
    package static let json: [String] =
        integers + [
            "-0", "0.0", "-0.0", "0e99999999999999999999", "1e-99999999999999999999", "1e99999999999999999999",
            "1e400", "-1e400", "1e308", "5e-324", "1e9223372036854775807", "10e9223372036854775807",
            "1e-9223372036854775808", "0.1e-9223372036854775807", "100e9223372036854775806", "1.5e2147483647",
            "1e1000000000", "10e1000000000", "1e-1000000000", "99999999999.9995", "1e18", "1e19",
            String(repeating: "9", count: 400), "0." + String(repeating: "0", count: 399) + "1",
            "-" + String(repeating: "1", count: 400) + "e-400",
        ]

    /// What is no JSON number, and stands where text is read as one.
    package static let words = [
        "NaN", "nan", "Infinity", "-Infinity", "inf", "-inf", "0x7fffffffffffffff", "+1", "--1", "1e", "e5", ".", "-",
        "",
        "\u{0661}\u{0662}",
    ]

    /// All that a query, a header or a string may hold.
    package static let texts = json + words

    /// The ends of the integers that a computer has, and their neighbours.
    private static let integers: [String] =
        [Int64.max, Int64.max - 1, Int64.min, Int64.min + 1, 1 << 53, 1 << 60, (1 << 60) - 1, 0, -1, 1].map { "\($0)" }
        + [
            "\(Int32.max)", "2147483648", "\(Int32.min)", "4294967295", "4294967296", "9223372036854775808",
            "-9223372036854775809", "\(UInt64.max)", "18446744073709551616", "253402300799999", "253402300800000",
            "253402300799", "253402300800", "-62135596800", "-62167219200", "-62167219201",
        ]
}
