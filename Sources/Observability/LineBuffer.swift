/// The bytes of one line, added at its end.
///
/// An array asks at each addition whether it is shared and has room. A line has sixty additions, which then cost as much as the rest of it.
struct LineBuffer: ~Copyable {
    private var bytes: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    init(capacity: Int) {
        precondition(capacity > 0, "a buffer that is empty cannot double")
        bytes = .allocate(capacity: capacity)
    }

    deinit { bytes.deallocate() }

    mutating func append(_ byte: UInt8) {
        reserve(1)
        bytes[count] = byte
        count += 1
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ added: UnsafeBufferPointer<UInt8>) {
        reserve(added.count)
        guard let from = added.baseAddress, let start = bytes.baseAddress else { return }
        (start + count).initialize(from: from, count: added.count)
        count += added.count
    }

    mutating func append(_ added: [UInt8]) {
        added.withUnsafeBufferPointer { append($0) }
    }

    /// What was added so far.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        body(UnsafeBufferPointer(rebasing: bytes[..<count]))
    }

    private mutating func reserve(_ more: Int) {
        if more > bytes.count - count { grow(by: more) }
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count * 2, count + more))
        _ = larger.initialize(fromContentsOf: bytes[..<count])
        bytes.deallocate()
        bytes = larger
    }
}
