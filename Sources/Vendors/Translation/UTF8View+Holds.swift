#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

extension String.UTF8View {
    /// Whether the byte is among these: `contains`, but by `memchr` instead of an iterator, which costs a delivery a tenth of its time.
    func holds(_ byte: UInt8) -> Bool {
        withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return false }
            return memchr(start, Int32(byte), bytes.count) != nil
        } ?? contains(byte)
    }
}
