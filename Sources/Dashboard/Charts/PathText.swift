/// The path of a drawing, written digit by digit: one page has thousands of points, and a string for each would cost more than the rest.
struct PathText {
    private var bytes: [UInt8] = []

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var isEmpty: Bool { bytes.isEmpty }

    /// Adds commands, such as `M`.
    mutating func append(_ commands: String) { bytes.append(contentsOf: commands.utf8) }

    /// Adds a point, with a space in front unless a command is there.
    mutating func point(_ x: Double, _ y: Double) {
        if let last = bytes.last, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(last) {
            bytes.append(UInt8(ascii: " "))
        }
        Coordinate.write(x, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        Coordinate.write(y, to: &bytes)
    }
}
